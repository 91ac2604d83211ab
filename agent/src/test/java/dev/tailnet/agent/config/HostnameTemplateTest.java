package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostnameTemplateTest {
    private static final String DIGITS = "0123456789abcdef".repeat(4);

    @TempDir
    private Path directory;

    @Test
    void anIdMakesManyNamesOfOneImage() {
        var node =
                Load.with().flag(Setting.HOSTNAME, "autoheal-{id}").settings().node();
        assertThat(node.hostname()).matches("autoheal-[a-z0-9]{8,12}");
        assertThat(node.preferences().id()).contains(node.hostname().substring("autoheal-".length()));
        assertThat(Load.with()
                        .flag(Setting.HOSTNAME, "autoheal-{id}")
                        .settings()
                        .node())
                .isEqualTo(node);
    }

    @Test
    void anIdStaysWithItsStateDirectory() throws Exception {
        SandboxId.keep("abc123", directory);
        SandboxId.keep("other", directory);
        assertThat(Files.readString(directory.resolve("sandbox-id"))).isEqualTo("abc123\n");
        var load = Load.with().variable("TS_HOSTNAME", "{id}-box").flag(Setting.STATE_DIR, directory.toString());
        assertThat(load.settings().node().hostname()).isEqualTo("abc123-box");
    }

    @Test
    void whatIsNoIdInTheStateDirectoryIsNotTaken() throws Exception {
        Files.writeString(directory.resolve("sandbox-id"), "Not An Id!");
        assertThat(SandboxId.of(Optional.of(directory))).matches("[a-z0-9]{8,12}");
    }

    @ParameterizedTest
    @CsvSource({
        "0::/system.slice/docker-%s.scope",
        "12:cpu:/docker/%s",
        "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-%s.scope",
        "0::/machine.slice/libpod-%s.scope/container",
        "735 656 8:1 /var/lib/docker/containers/%s/hostname /etc/hostname rw",
        "735 656 8:1 /var/lib/containers/storage/overlay-containers/%s/userdata/hostname /etc/hostname rw"
    })
    void aContainersIdIsWhereRuntimesPutIt(String line) {
        assertThat(SandboxId.containerIn("0::/init.scope\n" + String.format(line, DIGITS)))
                .contains("0123456789ab");
    }

    @Test
    void outsideAContainerThereIsNone() {
        assertThat(SandboxId.containerIn("0::/user.slice/user-0.slice/session-1.scope"))
                .isEmpty();
    }

    @Test
    void variablesAreMadeToFit() {
        var node = Load.with()
                .flag(Setting.HOSTNAME, "ci-{env:POD_NAME}-{env:REGION}")
                .variable("POD_NAME", "My_App.0")
                .variable("REGION", "eu")
                .settings()
                .node();
        assertThat(node.hostname()).isEqualTo("ci-my-app-0-eu");
        assertThat(node.preferences().id()).isEmpty();
    }

    @Test
    void whatCannotBeFilledInIsAProblem() {
        assertThat(Load.with().flag(Setting.HOSTNAME, "a-{env:NOT_SET}").problems())
                .containsExactly("--hostname (flag): 'a-{env:NOT_SET}': the variable NOT_SET is not set");
        assertThat(Load.with().flag(Setting.HOSTNAME, "a-{uuid}").problems())
                .containsExactly("--hostname (flag): 'a-{uuid}': {uuid} is none of {id}, {env:VARIABLE}");
        assertThat(Load.with()
                        .flag(Setting.HOSTNAME, "{env:TS_AUTHKEY}")
                        .variable("TS_AUTHKEY", "tskey-hidden")
                        .problems())
                .singleElement()
                .asString()
                .contains("is a secret")
                .doesNotContain("hidden");
    }
}
