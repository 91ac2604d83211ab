package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose system gives it few file descriptors. */
class OutOfDescriptorsIT {
    private static final int DESCRIPTORS = 400;
    private static final int CLIENTS = 500;
    private static final int OBSERVED_MILLIS = 3_000;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final String COMPLAINT = "Cannot accept connections on ";

    @TempDir
    private Path directory;

    @Test
    void itRestsSaysSoAndGoesOnWhenThereAreSomeAgain() throws Exception {
        try (AgentProcess agent = AgentProcess.in(directory)
                .arguments("--login-server=http://127.0.0.1:1", "--handshake-timeout=2m")
                .openFiles(DESCRIPTORS)
                .start()) {
            int port = agent.proxyPort();
            List<Socket> clients = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(connect(port));
                }
                Eventually.get(Duration.ofSeconds(20), agent::log, log -> log.contains(COMPLAINT));
                Duration before = agent.processorTime();

                // The last one is not served: that is known when its answer does not come.
                Socket last = clients.getLast();
                last.setSoTimeout(OBSERVED_MILLIS);
                last.getOutputStream().write(new byte[] {5, 1, 0});
                assertThatThrownBy(() -> last.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

                assertThat(agent.processorTime().minus(before))
                        .as("it does not spin")
                        .isLessThan(Duration.ofMillis(OBSERVED_MILLIS / 2));
                assertThat(agent.log())
                        .containsPattern(COMPLAINT + ".* Too many open files\\. Raise the limit of open files");
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
            assertThat(agent.log().lines().filter(line -> line.contains(COMPLAINT)))
                    .hasSizeLessThanOrEqualTo(2);
            try (Socket next = connect(port)) {
                next.setSoTimeout(PATIENCE_MILLIS);
                next.getOutputStream().write(new byte[] {5, 1, 0});
                assertThat(next.getInputStream().readNBytes(2)).containsExactly(5, 0);
            }
            agent.terminate();
            assertThat(agent.awaitExit()).isZero();
        }
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    }
}
