package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BugreportVerbTest {
    @TempDir
    private Path directory;

    private Java.Outcome run(Map<String, String> environment, String output) throws Exception {
        return Java.run(
                Main.class, environment, "bugreport", "--runtime-dir", directory.toString(), "--output", output);
    }

    @Test
    void withoutAnAgentItGathersWhatThereIs() throws Exception {
        var file = directory.resolve("report.zip");
        var outcome = run(Map.of("TS_AUTHKEY", "tskey-auth-hidden", "TS_HOSTNAME", "box"), file.toString());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEqualTo(file + "\n");
        assertThat(outcome.err()).contains("without the agent: no agent is running in " + directory);
        try (var zip = new ZipFile(file.toFile())) {
            assertThat(member(zip, "config.yaml"))
                    .startsWith("# No agent was running")
                    .contains("hostname: box  # TS_HOSTNAME (environment)", "auth-key: \"********\"");
            assertThat(member(zip, "system.txt")).contains("variables set: [TS_AUTHKEY, TS_HOSTNAME]");
            assertThat(member(zip, "report.txt")).contains("the agent is missing: no agent is running");
            for (var entry : zip.stream().toList()) {
                assertThat(new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8))
                        .doesNotContain("tskey-auth-hidden");
            }
        }
    }

    private static String member(ZipFile zip, String name) throws Exception {
        try (var in = zip.getInputStream(zip.getEntry("tailnet-agent-bugreport/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void problemsOfTheConfigurationAreInTheReport() throws Exception {
        var file = directory.resolve("report.zip");
        assertThat(run(Map.of("TS_SOCKS5_SERVER", "nonsense"), file.toString()).code())
                .isZero();
        try (var zip = new ZipFile(file.toFile())) {
            assertThat(member(zip, "config.yaml")).contains("# problem: TS_SOCKS5_SERVER (environment): 'nonsense'");
        }
    }

    @Test
    void aFileThatIsThereOrCannotBeIsNamed() throws Exception {
        var taken = Files.writeString(directory.resolve("taken.zip"), "mine");
        var outcome = run(Map.of(), taken.toString());
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(outcome.err()).contains(taken + " is there already");
        assertThat(Files.readString(taken)).isEqualTo("mine");

        var nowhere = directory.resolve("none/report.zip").toString();
        var failed = run(Map.of(), nowhere);
        assertThat(failed.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(failed.err()).contains(nowhere + " cannot be written: the directory does not exist");
    }
}
