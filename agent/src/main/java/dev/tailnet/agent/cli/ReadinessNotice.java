package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.SecretNames;
import dev.tailnet.agent.config.Setting;
import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.service.NotifySocket;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * Tells a parent, over a descriptor that it left open, that the agent is ready: with a line, as s6 has it. To tailnet-init the line
 * also says, as soon as the proxies listen, what a command beside the agent needs.
 */
final class ReadinessNotice {
    /** What the agent takes to end, beside the time that connections get: the logout, above all. */
    private static final Duration REST_OF_STOP = Duration.ofSeconds(15);

    /** Set by tailnet-init for its own agent. */
    private static final String INIT_VARIABLE = "TAILNET_ENTRYPOINT_NOTICE";

    private final FileDescriptor descriptor;

    ReadinessNotice(int descriptor) {
        this.descriptor = new FileDescriptor(descriptor);
    }

    void tell(Settings settings, RunningAgent agent) {
        if (!isForInit() || write(JsonWriter.write(notice(settings, agent, System.getenv())))) {
            agent.up().thenRun(() -> {
                write("\n");
                close();
            });
        }
    }

    /** s6-supervise stands still from the first byte of a line to its end: others get the end alone. */
    private static boolean isForInit() {
        return System.getenv(INIT_VARIABLE) != null;
    }

    private static Map<String, Object> notice(Settings settings, RunningAgent agent, Map<String, String> inherited) {
        var notice = new LinkedHashMap<String, Object>();
        notice.put(
                "environment",
                new ProxyEnvironment(ProxyAddresses.ofOpen(agent.listeners()), true, true).variables(inherited));
        notice.put(
                "secretVariables",
                Stream.concat(SecretNames.variables().stream(), Stream.of(NotifySocket.VARIABLE))
                        .toList());
        notice.put("secretFlags", SecretNames.flags());
        notice.put("patienceSeconds", settings.drainTimeout().plus(REST_OF_STOP).toSeconds());
        return notice;
    }

    private boolean write(String text) {
        var bytes = ByteBuffer.allocateDirect(text.length() * 3).put(text.getBytes(StandardCharsets.UTF_8));
        try {
            for (int at = 0; at < bytes.position(); ) {
                at += descriptor.write(bytes, at, bytes.position());
            }
            return true;
        } catch (IOException e) {
            LoggerFactory.getLogger(ReadinessNotice.class)
                    .warn(
                            "{}={}: nobody learns that the agent is ready: {}",
                            Setting.NOTIFY_FD.flag(),
                            descriptor.intValue(),
                            e.getMessage());
            return false;
        }
    }

    private void close() {
        try {
            descriptor.close();
        } catch (IOException e) {
            // The line is written; nothing depends on this.
        }
    }
}
