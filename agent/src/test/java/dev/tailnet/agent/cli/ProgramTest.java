package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.AgentVersion;
import dev.tailnet.agent.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in a process: exit codes, what goes to stdout and to stderr, signals. */
@Timeout(120)
class ProgramTest {
    @TempDir
    private Path directory;

    private Java.Outcome run(String... arguments) throws Exception {
        return Java.run(Main.class, Map.of("XDG_RUNTIME_DIR", directory.toString()), arguments);
    }

    private Map<String, String> environment(String name, String value) {
        return Map.of("XDG_RUNTIME_DIR", directory.toString(), name, value);
    }

    @Test
    void helpListsFlagsAndExitCodes() throws Exception {
        var outcome = run("run", "--help");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("--login-server=URL", "Listeners:", "Exit codes:", "Examples:");
        var check = run("check", "--help").out();
        assertThat(ExitCode.values())
                .filteredOn(ExitCode::isObstacle)
                .allSatisfy(code -> assertThat(check).containsPattern("\n  " + code.code() + " +\\S"));
    }

    @Test
    void withoutAVerbItShowsHowItIsUsed() throws Exception {
        var outcome = run();
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(outcome.err()).contains("Usage: tailnet-agent", "status");
        assertThat(run("help", "ip").out()).contains("Usage: tailnet-agent ip");
        assertThat(run("--version").out()).isEqualTo("tailnet-agent " + AgentVersion.current() + "\n");
    }

    @Test
    void anUnknownVerbGetsASuggestion() throws Exception {
        var outcome = run("statsu");
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(outcome.err()).contains("'statsu'", "tailnet-agent status");
    }

    @Test
    void allConfigurationProblemsAreShown() throws Exception {
        var outcome = run("run", "--lisen=1", "--drain-timeout=soon", "--listen=x");
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("3 problems", "did you mean --listen?", "--drain-timeout (flag): 'soon'");
    }

    @Test
    void printConfigMasksTheKey() throws Exception {
        var environment = Map.of("TS_AUTHKEY", "tskey-auth-1", "TS_DEST_IP", "10.0.0.1");
        var outcome = Java.run(Main.class, environment, "run", "--print-config");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("auth-key: \"********\"  # TS_AUTHKEY (environment)");
        assertThat(outcome.err()).startsWith("warning: TS_DEST_IP (environment): not supported");
        assertThat(outcome.out() + outcome.err()).doesNotContain("tskey-auth-1");
    }

    @Test
    void verbsSayThatNoAgentRuns() throws Exception {
        for (var verb : new String[] {"status", "ip"}) {
            var outcome = run(verb, "--runtime-dir", directory.toString());
            assertThat(outcome.code()).isEqualTo(ExitCode.NO_AGENT.code());
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err())
                    .startsWith("tailnet-agent: no agent is running in " + directory)
                    .contains("tailnet-agent run");
        }
    }

    @Test
    void aMissingLibraryIsNamed() throws Exception {
        var library = directory.resolve("none.so").toString();
        var outcome = Java.run(Main.class, environment("TAILNET_LIBRARY", library), "version");
        assertThat(outcome.code()).isEqualTo(ExitCode.LIBRARY.code());
        assertThat(outcome.out()).startsWith("tailnet-agent ");
        assertThat(outcome.err()).contains(library);
    }

    @Test
    void aSignalStopsItAndItEndsWithItsOwnCode() throws Exception {
        for (var signal : new String[] {"TERM", "INT"}) {
            try (var java = Java.start(SignalProgram.class, Map.of(), "1", "run", "--hostname=box")) {
                assertThat(java.line()).isEqualTo("started as box");
                java.signal(signal);
                var outcome = java.await();
                assertThat(outcome.code()).as(signal).isZero();
                assertThat(outcome.err()).contains("info  SIG" + signal + ": stopping");
            }
        }
    }

    @Test
    void aHangUpHasItReadItsConfigurationAgain() throws Exception {
        Path file = Files.writeString(directory.resolve("agent.yaml"), "max-connections: 10\nhostname: box\n");
        try (var java = Java.start(SignalProgram.class, Map.of(), "1", "run", "--config=" + file)) {
            assertThat(java.line()).isEqualTo("started as box");
            Files.writeString(file, "max-connections: none\nhostnam: box\n");
            java.signal("HUP");
            assertThat(java.errorLine())
                    .contains(
                            "error Configuration not reloaded, the old one stays in force. Problems: ",
                            "agent.yaml line 1: 'none' is not a number",
                            "agent.yaml line 2: unknown key 'hostnam'; did you mean hostname?");
            Files.writeString(file, "max-connections: 20\nhostname: other\n");
            java.signal("HUP");
            assertThat(java.line()).isEqualTo("reload with 20 connections");
            assertThat(java.errorLine()).endsWith("info  Configuration reloaded; changed: max-connections");
            assertThat(java.errorLine()).endsWith("warn  Restart the agent for what else has changed: hostname");
            Files.writeString(file, "max-connections: 20\nhostname: box\nlog-level: error\n");
            java.signal("HUP");
            assertThat(java.line()).isEqualTo("reload with 20 connections");
            java.signal("TERM");
            var outcome = java.await();
            assertThat(outcome.code()).isZero();
            assertThat(outcome.err()).as("the level is error now").isEmpty();
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (var java = Java.start(SignalProgram.class, Map.of(), "2", "run", "--hostname=box")) {
            assertThat(java.line()).isEqualTo("started as box");
            java.signal("TERM");
            assertThat(java.line()).isEqualTo("stop");
            java.signal("INT");
            assertThat(java.await().code()).isEqualTo(ExitCode.INTERRUPTED.code());
        }
    }

    @Test
    void anAgentThatDoesNotEndIsHalted() throws Exception {
        try (var java = Java.start(SignalProgram.class, Map.of(), "9", "run", "--hostname=box")) {
            assertThat(java.line()).isEqualTo("started as box");
            java.signal("TERM");
            assertThat(java.line()).isEqualTo("stop");
            java.signal("TERM");
            assertThat(java.await().code()).isEqualTo(ExitCode.INTERRUPTED.code());
        }
    }

    @Test
    void theLogIsJsonWhenAskedFor() throws Exception {
        var environment = Map.of("TS_DEST_IP", "10.0.0.1");
        try (var java = Java.start(SignalProgram.class, environment, "1", "run", "--log-format=json")) {
            assertThat(java.line()).startsWith("started as ");
            java.signal("TERM");
            assertThat(java.await().err().lines())
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"))
                    .anyMatch(line -> line.contains("\"level\":\"warn\"") && line.contains("TS_DEST_IP"));
        }
    }
}
