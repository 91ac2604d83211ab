package dev.tailnet.agent.status;

import dev.tailnet.agent.config.Addresses;
import dev.tailnet.agent.status.StatusDocument.Listener;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** {@code /proxy.pac}: asks the node what its tailnet is. All on one thread, which is not an event loop. */
final class PacPage {
    private static final String MIXED = "mixed";

    private final AgentView agent;
    private final LocalApi localApi;
    private final EventExecutor executor;

    PacPage(AgentView agent, LocalApi localApi, EventExecutor executor) {
        this.agent = agent;
        this.localApi = localApi;
        this.executor = executor;
    }

    /** The script, also when the node has nothing to say; completed by the executor. */
    Future<String> render(JsonMapper mapper) {
        Promise<String> script = executor.newPromise();
        localApi.get("/localapi/v0/status", executor).addListener((Future<byte[]> status) -> {
            localApi.get("/localapi/v0/dns-config", executor).addListener((Future<byte[]> dns) -> {
                try {
                    script.setSuccess(
                            ProxyPac.script(listener("http"), listener("socks5"), scope(mapper, status, dns)));
                } catch (RuntimeException e) {
                    script.setFailure(e);
                }
            });
        });
        return script;
    }

    private PacScope scope(JsonMapper mapper, Future<byte[]> status, Future<byte[]> dns) {
        if (status.isSuccess() && dns.isSuccess()) {
            try {
                return PacScope.parse(
                        mapper,
                        status.getNow(),
                        dns.getNow(),
                        agent.carriesInternet(),
                        agent.settings().acceptRoutes());
            } catch (JacksonException e) {
                return PacScope.unknown(agent.carriesInternet());
            }
        }
        return PacScope.unknown(agent.carriesInternet());
    }

    private @Nullable String listener(String kind) {
        return Stream.of(MIXED, kind)
                .flatMap(wanted -> agent.listeners().stream()
                        .filter(listener -> listener.kind().equals(wanted)))
                .map(Listener::address)
                .map(Addresses::reachable)
                .findFirst()
                .orElse(null);
    }
}
