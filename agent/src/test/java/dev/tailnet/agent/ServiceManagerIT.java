package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.ServiceManager;
import dev.tailnet.testnet.AuthKeyOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a service manager hears from start to end, on a real notify socket. */
class ServiceManagerIT extends OnTestNetwork {
    private static final String WATCHDOG = "WATCHDOG=1";

    @Test
    void aNodesLifeIsToldFromReadyToStopping() throws IOException {
        Path path = network.directory().resolve("notify");
        try (var manager = ServiceManager.at(path.toString());
                AgentProcess agent = AgentProcess.in(network, "told")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .environment("NOTIFY_SOCKET", path.toString())
                        .environment("WATCHDOG_USEC", "400000")
                        .start()) {
            assertThat(manager.next("READY=1")).startsWith("READY=1\nSTATUS=");
            String address = agent.awaitState("running", Duration.ofSeconds(30))
                    .path("addresses")
                    .path(0)
                    .asString();
            assertThat(manager.next("peers")).isEqualTo("STATUS=Running as told (" + address + "), 0 peers");
            assertThat(manager.next(WATCHDOG)).isEqualTo(WATCHDOG);

            agent.hangUp();
            assertThat(manager.next("RELOADING=1")).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
            assertThat(manager.next("READY=1")).isEqualTo("READY=1\nSTATUS=Running as told (" + address + "), 0 peers");

            agent.terminate();
            assertThat(manager.next("STOPPING=1")).isEqualTo("STOPPING=1\nSTATUS=Stopping");
            assertThat(manager.next("EXTEND")).isEqualTo("EXTEND_TIMEOUT_USEC=20000000");
            assertThat(agent.awaitExit()).isZero();
            assertThat(manager.rest()).noneMatch(notice -> notice.contains("READY") || notice.contains("Running"));
        }
    }

    @Test
    void aNodeThatNobodyHasLoggedInIsReadyAndSaysWhatItNeeds() throws IOException {
        String name = "@tailnet-agent-it-" + ProcessHandle.current().pid();
        try (var manager = ServiceManager.at(name);
                AgentProcess agent = AgentProcess.in(network, "nobodys")
                        .environment("NOTIFY_SOCKET", name)
                        .start()) {
            String ready = manager.next("READY=1");
            String status = ready.contains("Needs login") ? ready : manager.next("Needs login");
            assertThat(status).endsWith("STATUS=Needs login: run 'tailnet-agent up'");
            assertThat(manager.rest()).doesNotContain(WATCHDOG);
            assertThat(Files.readString(Path.of("/proc/" + agent.pid() + "/environ"), StandardCharsets.ISO_8859_1))
                    .as("children of the library would inherit it")
                    .doesNotContain(name);
        }
    }

    @Test
    void aReloadThatIsTurnedDownIsOverToo() throws IOException {
        Path path = network.directory().resolve("notify-reload");
        Path file = Files.writeString(network.directory().resolve("reloaded.yaml"), "max-connections: 10\n");
        try (var manager = ServiceManager.at(path.toString());
                AgentProcess agent = AgentProcess.in(network, "wrong")
                        .arguments("--config=" + file)
                        .environment("NOTIFY_SOCKET", path.toString())
                        .start()) {
            manager.next("READY=1");
            Files.writeString(file, "max-connections: none\n");
            agent.hangUp();
            manager.next("RELOADING=1");
            assertThat(manager.next("READY=1")).startsWith("READY=1\nSTATUS=");
            assertThat(agent.log()).contains("Configuration not reloaded");
        }
    }
}
