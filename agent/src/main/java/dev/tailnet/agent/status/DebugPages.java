package dev.tailnet.agent.status;

import dev.tailnet.agent.logging.RecentLog;
import dev.tailnet.agent.report.SystemFacts;
import dev.tailnet.agent.report.ThreadDump;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a bug report asks the running agent for, beside its status and metrics. */
public final class DebugPages {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    /** A network check takes five seconds, or twice that if one is under way. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private DebugPages() {}

    /**
     * The pages by path.
     *
     * @param configuration what is in force, secrets masked
     */
    public static Map<String, ControlPage> of(Supplier<String> configuration, RecentLog log, LocalApi localApi) {
        return Map.of(
                "/debug/config",
                page(configuration),
                "/debug/log",
                page(() ->
                        log.entries().stream().map(entry -> entry.text() + "\n").collect(Collectors.joining())),
                "/debug/threads",
                page(ThreadDump::take),
                "/debug/system",
                page(() -> SystemFacts.gather(System.getenv())),
                "/debug/goroutines",
                ofNode(localApi, "goroutines", TEXT),
                "/debug/prefs",
                ofNode(localApi, "prefs", JSON),
                "/debug/netcheck",
                ofNode(localApi, "tailnet-agent/netcheck?format=json", JSON));
    }

    private static ControlPage page(Supplier<String> text) {
        return (uri, executor) ->
                executor.newSucceededFuture(Answer.ok(TEXT, text.get().getBytes(StandardCharsets.UTF_8)));
    }

    private static ControlPage ofNode(LocalApi localApi, String path, String contentType) {
        return (uri, executor) -> {
            Promise<Answer> answer = executor.newPromise();
            localApi.get("/localapi/v0/" + path, PATIENCE, executor).addListener((Future<byte[]> told) -> {
                if (told.isSuccess()) {
                    answer.setSuccess(Answer.ok(contentType, told.getNow()));
                } else {
                    answer.setFailure(told.cause());
                }
            });
            return answer;
        };
    }
}
