package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.WebSocketEcho;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A controller whose WebSocket server the tailnet reaches, and a worker that connects through the proxy: both joined once, by single-use keys. */
class ScenarioEIT extends OnTestNetwork {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    /** A worker's {@code TunnelConfig(authkey, server)}, with what keeps the identity. */
    private static final String WORKER =
            "exec tailnet-agent run --login-server=$SERVER --hostname=worker --state-dir=state";

    private static final String CONTROLLER = "exec tailnet-agent run --login-server=$SERVER --hostname=controller"
            + " --state-dir=state --expose 8765 --listen=127.0.0.1:1056 --status-listen=127.0.0.1:9003";

    /** Both are started a second time with the very same line and key, which is used up by then. */
    @Test
    void workersReachTheControllerAcrossRestarts() throws Exception {
        var commands = CommandLines.in(network.directory());
        Path controllerHome = network.directory().resolve("controller");
        Path workerHome = network.directory().resolve("worker");
        Map<String, String> controllerKey = singleUse();
        Map<String, String> workerKey = singleUse();
        try (var server = new WebSocketEcho(LOOPBACK, 8765);
                var controller = Boot.start(network, commands, controllerHome, CONTROLLER, controllerKey)) {
            up(controller);
            String address = controller.run("tailnet-agent ip -4").ok();
            String workerAddress;
            try (var worker = Boot.start(network, commands, workerHome, WORKER, workerKey)) {
                up(worker);
                workerAddress = worker.run("tailnet-agent ip -4").ok();
                worker.await("tailnet-agent status", "controller");
                talkWhileTheCoordinatorComesAndGoes();
                assertThat(worker.stop()).isZero();
            }
            assertThat(controller.stop()).isZero();
            try (var again = Boot.start(network, commands, controllerHome, CONTROLLER, controllerKey);
                    var worker = Boot.start(network, commands, workerHome, WORKER, workerKey)) {
                up(again);
                up(worker);
                assertThat(again.run("tailnet-agent ip -4").ok()).isEqualTo(address);
                assertThat(worker.run("tailnet-agent ip -4").ok()).isEqualTo(workerAddress);
                try (var conversation = new Conversation()) {
                    assertThat(conversation.say("next task")).isEqualTo("next task");
                }
                assertThat(again.log() + worker.log()).doesNotContain("authkey already used");
            }
        }
        assertThat(network.nodes()).extracting(Node::givenName).containsExactlyInAnyOrder("controller", "worker");
        for (Path home : new Path[] {controllerHome, workerHome}) {
            assertKeptByItsOwnerAlone(home.resolve("state"));
        }
        assertThat(Files.readString(controllerHome.resolve("state/tailscaled.state")))
                .doesNotContain(controllerKey.get("TS_AUTHKEY"));
    }

    private void talkWhileTheCoordinatorComesAndGoes() throws Exception {
        try (var conversation = new Conversation()) {
            assertThat(conversation.say("first task")).isEqualTo("first task");
            network.stopControl();
            assertThat(conversation.say("it is away")).isEqualTo("it is away");
            network.startControl();
            assertThat(conversation.say("it is back")).isEqualTo("it is back");
        }
    }

    private Map<String, String> singleUse() {
        return Map.of(
                "TS_AUTHKEY",
                network.createAuthKey(AuthKeyOptions.singleUse()),
                "SERVER",
                network.controlUrl().toString(),
                "TS_EXTRA_ARGS",
                "");
    }

    private static void up(Boot agent) {
        assertThat(agent.run("tailnet-agent wait --timeout=30s").exitCode())
                .as(agent::log)
                .isZero();
    }

    private static void assertKeptByItsOwnerAlone(Path state) throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.walk(state)) {
            assertThat(files.filter(Files::isRegularFile))
                    .contains(state.resolve("tailscaled.state"))
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    /** A worker's end of a WebSocket. */
    private static final class Conversation implements AutoCloseable {
        private static final long PATIENCE_SECONDS = 30;

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final HttpClient client = HttpClient.newBuilder()
                .proxy(ProxySelector.of(new InetSocketAddress(LOOPBACK, 1055)))
                .build();
        private final WebSocket socket;

        Conversation() throws Exception {
            socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://controller:8765/ws"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                            heard.add(text.toString());
                            from.request(1);
                            return CompletableFuture.completedStage(null);
                        }

                        @Override
                        public void onError(WebSocket from, Throwable error) {
                            heard.add("error: " + error);
                        }
                    })
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        /** @return the answer */
        String say(String text) throws Exception {
            socket.sendText(text, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String answer = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return answer == null ? "nothing" : answer;
        }

        @Override
        public void close() {
            client.shutdownNow();
            client.close();
        }
    }
}
