package dev.tailnet.agent.status;

import dev.tailnet.agent.observe.Throughput;
import dev.tailnet.agent.page.NodeFacts;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the page wants to know, from the same sources as {@code /status}. */
final class PageFacts implements NodeFacts {
    private static final int MILLIS = 1000;

    private final AgentView agent;
    private final LocalApi localApi;
    private final Function<Future<byte[]>, StatusDocument> reports;
    private final JsonMapper mapper;
    private final Clock clock;
    private final EventExecutor executor;

    /** @param reports makes a document of what the LocalAPI answered */
    PageFacts(
            AgentView agent,
            LocalApi localApi,
            Function<Future<byte[]>, StatusDocument> reports,
            JsonMapper mapper,
            Clock clock,
            EventExecutor executor) {
        this.agent = agent;
        this.localApi = localApi;
        this.reports = reports;
        this.mapper = mapper;
        this.clock = clock;
        this.executor = executor;
    }

    @Override
    public String state() {
        return StatusReporter.name(agent.nodeState().kind());
    }

    @Override
    public String reason() {
        return agent.nodeState().reason();
    }

    @Override
    public Future<ObjectNode> status() {
        Promise<ObjectNode> document = executor.newPromise();
        localApi.get("/localapi/v0/status", executor).addListener((Future<byte[]> told) -> {
            try {
                document.setSuccess((ObjectNode) mapper.<JsonNode>valueToTree(reports.apply(told)));
            } catch (RuntimeException e) {
                document.setFailure(e);
            }
        });
        return document;
    }

    @Override
    public Future<Double> ping(String address) {
        Promise<Double> milliseconds = executor.newPromise();
        String path = "/localapi/v0/ping?type=disco&ip=" + URLEncoder.encode(address, StandardCharsets.UTF_8);
        localApi.post(path, executor).addListener((Future<byte[]> told) -> {
            try {
                double seconds = told.isSuccess()
                        ? mapper.readTree(told.getNow()).path("LatencySeconds").asDouble(0)
                        : 0;
                if (seconds > 0) {
                    milliseconds.setSuccess(seconds * MILLIS);
                } else {
                    milliseconds.setFailure(new IllegalStateException("no answer from " + address, told.cause()));
                }
            } catch (RuntimeException e) {
                milliseconds.setFailure(e);
            }
        });
        return milliseconds;
    }

    @Override
    public Throughput carried() {
        return carried(agent, clock);
    }

    static Throughput carried(AgentView agent, Clock clock) {
        var sample = agent.nodeSample();
        return new Throughput(
                clock.instant(), sample.bytesUp() + sample.inboundUp(), sample.bytesDown() + sample.inboundDown());
    }
}
