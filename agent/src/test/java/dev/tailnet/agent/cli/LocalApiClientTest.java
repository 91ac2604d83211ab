package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tailnet.agent.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class LocalApiClientTest {
    @TempDir
    private Path directory;

    private FakeLocalApi api;

    @BeforeEach
    void start() throws IOException {
        api = FakeLocalApi.in(directory);
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    @Test
    void asksAndReturnsTheBody() throws Exception {
        api.answer("GET status", 200, "{\"a\":\"ü\"}")
                .answer("PATCH prefs", 200, "")
                .answer("POST start", 204, "");
        assertThat(api.client().get("status?peers=false")).isEqualTo("{\"a\":\"ü\"}");
        assertThat(api.client().patch("prefs", "{\"ü\":1}")).isEmpty();
        assertThat(api.client().post("start", "{}")).isEmpty();
        assertThat(api.requests()).containsExactly("GET status?peers=false", "PATCH prefs {\"ü\":1}", "POST start {}");
    }

    @Test
    void saysWhoMayWriteToWhoMayNot() {
        api.answer("PATCH prefs", 403, "prefs write access denied\n");
        var denied =
                catchThrowableOfType(LocalApiException.class, () -> api.client().patch("prefs", "{}"));
        assertThat(denied)
                .hasMessageStartingWith("not allowed (prefs write access denied): root, the user")
                .hasMessageContaining("--operator=");
        assertThat(denied.exitCode()).isEqualTo(ExitCode.DENIED);
    }

    @Test
    void handsTheNodesWordsOn() {
        api.answer("GET prefs", 500, "{\"error\":\"state store broken\"}").answer("POST start", 400, "bad\n");
        assertThatThrownBy(() -> api.client().get("prefs")).hasMessage("state store broken");
        assertThatThrownBy(() -> api.client().post("start", "{}")).hasMessage("bad");
        assertThatThrownBy(() -> api.client().get("none")).hasMessageContaining("does not know this request");
    }

    @Test
    void saysThatNoAgentRuns() {
        var nobody = new LocalApiClient(directory.resolve("none.sock"), Duration.ofSeconds(1));
        assertThatThrownBy(() -> nobody.get("status"))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining("no agent answers at " + directory.resolve("none.sock"))
                .hasMessageContaining("tailnet-agent run");
    }

    @Test
    void readsNotificationsOneByOne() throws Exception {
        api.notifications("{\"State\":2}", "{\"BrowseToURL\":\"http://x\"}");
        try (var stream = api.client().watch(2)) {
            assertThat(stream.next().text("State")).hasValue("2");
            assertThat(stream.next().text("BrowseToURL")).hasValue("http://x");
            api.endStreams();
            assertThatThrownBy(stream::next).hasMessageContaining("the agent has ended");
        }
        assertThat(api.requests()).containsExactly("GET watch-ipn-bus?mask=2");
    }

    @Test
    void waitsForANotificationNoLongerThanItsDeadline() throws Exception {
        api.notifications("{}");
        try (var stream = api.client().within(Duration.ofMillis(200)).watch(0)) {
            assertThat(stream.next().text("State")).isEmpty();
            assertThatThrownBy(stream::next).isInstanceOf(ControlTimeoutException.class);
        }
    }

    @Test
    void theSocketIsWhereFlagEnvironmentOrDirectorySay() {
        var environment = Map.of("TS_SOCKET", "/e.sock", "TAILNET_RUNTIME_DIR", directory.toString());
        assertThat(LocalApiFlags.socket("/f.sock", "/d", environment)).hasToString("/f.sock");
        assertThat(LocalApiFlags.socket("", "/d", environment)).hasToString("/d/tailscaled.sock");
        assertThat(LocalApiFlags.socket("", "", environment)).hasToString("/e.sock");
        assertThat(LocalApiFlags.socket("", "", Map.of("TAILNET_RUNTIME_DIR", directory.toString())))
                .isEqualTo(directory.resolve("tailscaled.sock"));
    }
}
