package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How a node becomes part of the tailnet, stays what it was, or is told why not. */
@ExtendWith(Tailnet.class)
class LoginIT {
    private static final Duration REJECTED_WITHIN = Duration.ofSeconds(5);

    @TempDir
    Path dir;

    @Test
    void anEphemeralNodeIsForgottenWhenItCloses(TestNetwork network) throws Exception {
        try (RunningNode node = RunningNode.ephemeral(network, "login-ephemeral")) {
            assertThat(node.addresses()).hasSize(2);
            assertThat(network.nodes()).anyMatch(known -> known.name().equals("login-ephemeral") && known.ephemeral());
        }
        network.awaitNodes(
                Duration.ofSeconds(5),
                nodes -> nodes.stream().noneMatch(known -> known.name().equals("login-ephemeral")));
    }

    @Test
    void aNodeInMemoryLeavesNoFile(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        NodeOptions options = RunningNode.options(network, "login-memory", key, true, null);
        try (RunningNode node = RunningNode.start(options).awaitRunning()) {
            assertThat(node.addresses()).hasSize(2);
            assertNoFileHolds(options.runtimeDir(), key);
        }
        assertThat(filesBelow(options.runtimeDir())).isEmpty();
    }

    @Test
    void identitySurvivesARestartWithASpentKey(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        Path stateDir = dir.resolve("state/deep");
        NodeOptions options = RunningNode.options(network, "login-kept", key, false, stateDir);
        List<InetAddress> first;
        try (RunningNode node = RunningNode.start(options).awaitRunning()) {
            first = node.addresses();
        }
        try (RunningNode node = RunningNode.start(options).awaitRunning()) {
            assertThat(node.addresses()).isEqualTo(first);
        }
        assertThat(network.nodes())
                .filteredOn(known -> known.name().equals("login-kept"))
                .hasSize(1);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stateDir)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stateDir.resolve("tailscaled.state"))))
                .isEqualTo("rw-------");
        assertNoFileHolds(stateDir, key);
        assertNoFileHolds(options.runtimeDir(), key);
    }

    @Test
    void theKeyStaysUsableForASecondNodeWithTheSameOptions(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode().withReusable(true));
        NodeOptions options = RunningNode.options(network, "login-twice", key, true, null);
        try (RunningNode one = RunningNode.start(options).awaitRunning();
                RunningNode other = RunningNode.start(options).awaitRunning()) {
            assertThat(one.addresses()).doesNotContainAnyElementsOf(other.addresses());
        }
    }

    @Test
    void theKeysTagIsTheNodes(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode().withTags("tag:test"));
        NodeOptions options = RunningNode.options(network, "login-tagged", key, true, null);
        try (RunningNode node = RunningNode.start(options).awaitRunning()) {
            assertThat(LocalApi.status(node.node()).path("Self").path("Tags").valueStream())
                    .extracting(tag -> tag.asString())
                    .containsExactly("tag:test");
        }
    }

    @Test
    void aKeyThatNeverWasIsRejected(TestNetwork network) throws Exception {
        assertRejected(network, "hskey-auth-AAAAAAAAAAAA-" + "A".repeat(64), "key");
    }

    @Test
    void anExpiredKeyIsRejected(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(key);
        assertRejected(network, key, "expired");
    }

    @Test
    void aSpentKeyIsRejectedForANewNode(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        NodeOptions options = RunningNode.options(network, "login-spent", key, true, null);
        try (RunningNode node = RunningNode.start(options).awaitRunning()) {
            assertThat(node.addresses()).isNotEmpty();
        }
        assertRejected(network, key, "used");
    }

    private static void assertRejected(TestNetwork network, String key, String reason) throws Exception {
        Pattern message = Pattern.compile("\"ErrMessage\":\"[^\"]*" + reason);
        try (RunningNode node = RunningNode.start(RunningNode.options(network, "login-rejected", key, true, null))) {
            node.events()
                    .await(
                            NodeEvent.Notify.class,
                            event -> message.matcher(event.json()).find(),
                            REJECTED_WITHIN);
            assertThat(node.events().soFar())
                    .noneMatch(event -> event.toString().contains(key));
        }
    }

    @Test
    void aControlServerThatIsNotThereIsAHealthWarning(TestNetwork network) throws Exception {
        var options = new NodeOptions(
                "login-nowhere",
                URI.create("http://127.0.0.1:9"),
                null,
                true,
                null,
                network.directory(),
                List.of(),
                true,
                true);
        Pattern warning = Pattern.compile("\"Health\":.*connection refused");
        try (RunningNode node = RunningNode.start(options)) {
            node.events()
                    .await(
                            NodeEvent.Notify.class,
                            event -> warning.matcher(event.json()).find(),
                            Duration.ofSeconds(10));
        }
    }

    @Test
    void theLocalApiAnswers(TestNetwork network) throws Exception {
        try (RunningNode node = RunningNode.ephemeral(network, "login-localapi")) {
            assertThat(LocalApi.status(node.node()).path("BackendState").asString())
                    .isEqualTo("Running");
            assertThat(LocalApi.get(node.node(), "/localapi/v0/no-such")).startsWith("HTTP/1.0 404");
        }
    }

    @Test
    void nodesCanBeStartedAndClosedAgainAndAgain(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode().withReusable(true));
        NodeOptions options = RunningNode.options(network, "login-cycle", key, true, null);
        cycle(options);
        long descriptors = openDescriptors();
        long goroutines;
        try (RunningNode probe = RunningNode.start(options).awaitRunning()) {
            goroutines = probe.node().stats().goroutines();
        }
        for (int i = 0; i < 5; i++) {
            cycle(options);
        }
        try (RunningNode probe = RunningNode.start(options).awaitRunning()) {
            Await.until(
                    "the goroutines of closed nodes are gone",
                    Duration.ofSeconds(20),
                    () -> probe.node().stats().goroutines() < goroutines + 40);
        }
        Await.until(
                "the descriptors of closed nodes are closed",
                Duration.ofSeconds(20),
                () -> openDescriptors() < descriptors + 10);
    }

    private static void cycle(NodeOptions options) throws InterruptedException {
        RunningNode.start(options).awaitRunning().close();
    }

    private static long openDescriptors() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void closingBeforeTheLoginIsDone(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        for (int i = 0; i < 3; i++) {
            RunningNode.start(RunningNode.options(network, "login-early-" + i, key, true, null))
                    .close();
        }
    }

    private static void assertNoFileHolds(Path directory, String key) throws IOException {
        for (Path file : filesBelow(directory)) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .as(file.toString())
                    .doesNotContain(key);
        }
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
