package dev.tailnet.agent.status;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Counts the node's peers, those that are offline too. */
public final class PeerCount {
    private static final JsonFactory JSON = new JsonFactory();

    private final LocalApi localApi;

    public PeerCount(LocalApi localApi) {
        this.localApi = localApi;
    }

    /**
     * Asks the node.
     *
     * @param executor parses the answer, which is long where there are many, and completes the result; no event loop
     * @return fails when the node does not answer
     */
    public Future<Integer> ask(EventExecutor executor) {
        Promise<Integer> count = executor.newPromise();
        localApi.get("/localapi/v0/status", executor).addListener((Future<byte[]> told) -> {
            try {
                if (told.isSuccess()) {
                    count.setSuccess(count(told.getNow()));
                } else {
                    count.setFailure(told.cause());
                }
            } catch (JacksonException e) {
                count.setFailure(e);
            }
        });
        return count;
    }

    static int count(byte[] status) {
        int peers = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), status)) {
            parser.nextToken();
            for (String field = parser.nextName(); field != null; field = parser.nextName()) {
                JsonToken value = parser.nextToken();
                if (!field.equals("Peer") || value != JsonToken.START_OBJECT) {
                    parser.skipChildren();
                    continue;
                }
                while (parser.nextName() != null) {
                    parser.nextToken();
                    parser.skipChildren();
                    peers++;
                }
            }
        }
        return peers;
    }
}
