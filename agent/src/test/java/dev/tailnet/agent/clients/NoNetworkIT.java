package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.HttpTarget;
import dev.tailnet.agent.testing.NetworkNamespace;
import dev.tailnet.testnet.fixture.ServerFirstServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs with a loopback of their own and nothing else, as in a container with {@code --network none}, that share the runtime directory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Tailnet.Provider.class)
@Timeout(60)
class NoNetworkIT {
    private static final String GREETING = "220 ready\r\n";
    private static final String PAGE = "a page of the tailnet\n";
    private static final int CURL_COULD_NOT_CONNECT = 7;

    private final Tailnet tailnet;
    private NetworkNamespace nothing;
    private ServerFirstServer server;
    private HttpTarget page;
    private Path home;

    @SuppressWarnings("NullAway.Init")
    NoNetworkIT(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    @BeforeAll
    void start() throws IOException {
        assumeTrue(NetworkNamespace.isPossible(), "this machine allows no 'unshare --net'");
        nothing = NetworkNamespace.open();
        server = new ServerFirstServer(InetAddress.ofLiteral("127.0.0.1"), GREETING);
        page = new HttpTarget(InetAddress.ofLiteral("127.0.0.1"), PAGE);
        home = tailnet.folder();
    }

    @AfterAll
    void stop() throws IOException {
        if (nothing != null) {
            server.close();
            page.close();
            nothing.close();
        }
    }

    private Program.Run run(String... command) throws IOException {
        var whole = new ArrayList<>(List.of("--net=/proc/" + nothing.pid() + "/ns/net", "--"));
        whole.addAll(List.of(command));
        return Program.named("nsenter", home)
                .with("PATH", tailnet.path())
                .with("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString())
                .run(whole.toArray(String[]::new));
    }

    @Test
    void ncReachesTheTailnet() throws IOException {
        assertThat(run("tailnet-agent", "nc", Tailnet.HOST, String.valueOf(server.port()))
                        .ok())
                .isEqualTo(GREETING);
    }

    @Test
    void nothingElseDoes() throws IOException {
        assertThat(run("curl", "-sS", "http://127.0.0.1:" + page.port()).exitCode())
                .isEqualTo(CURL_COULD_NOT_CONNECT);
        assertThat(run("curl", "-sS", "http://127.0.0.1:" + tailnet.agent().proxyPort())
                        .exitCode())
                .isEqualTo(CURL_COULD_NOT_CONNECT);
    }
}
