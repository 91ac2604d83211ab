package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.check.Egress;
import dev.tailnet.agent.check.Report;
import dev.tailnet.agent.check.ReportJson;
import dev.tailnet.agent.check.Step;
import dev.tailnet.agent.testing.ExecCommand;
import dev.tailnet.agent.testing.Without;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tailnet-agent exec} under the seccomp filters of service managers and container runtimes, and {@code check --exec}. */
class ExecFiltersIT extends UnderExec {
    private static final int NOT_HERE = 125;

    ExecFiltersIT(Tailnet tailnet) throws IOException {
        super(tailnet);
    }

    private Program under(String what) {
        var prefix = new ArrayList<>(ExecCommand.asNobody());
        prefix.addAll(Without.prefix(what));
        return exec.program().through(prefix);
    }

    @ParameterizedTest
    @CsvSource({"service+exec,", "service+exec,--enforce", "ipv6,", "ipv6,--enforce", "netlink,", "netlink,--enforce"})
    void worksUnder(String what, String flag) {
        var words = new ArrayList<String>();
        if (flag != null) {
            words.add(flag);
        }
        words.addAll(List.of("--", exec.installed("curl"), "-sS", exec.url()));
        assertThat(under(what).run(words.toArray(String[]::new)).ok()).isEqualTo(Exec.PAGE);
    }

    /** Nothing is run, rather than run past the agent. */
    @ParameterizedTest
    @CsvSource({
        "service, a seccomp filter of this service or container kills",
        "seccomp, seccomp is not allowed here",
        "pidfd_getfd, 'pidfd_getfd is missing (Linux 5.6), or not allowed here'",
        "process_vm_readv, process_vm_readv is not allowed here",
        "process_vm_writev, process_vm_writev is not allowed here",
        "unix, no unix socket can be made here",
        "inet, connections go by way of the loopback interface",
    })
    void saysWhatIsMissing(String what, String words) {
        var run = under(what).run("--", "echo", "started");
        assertThat(run.exitCode()).as(run.errors()).isEqualTo(NOT_HERE);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).contains(words, "systemd");
        assertThat(run.errors().lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"service", "seccomp", "pidfd_getfd", "process_vm_readv", "inet"})
    void checkTellsBeforehand(String what) {
        var run = under(what).run("--exec", "--json");
        assertThat(run.exitCode()).isEqualTo(ExitCode.EXEC_UNAVAILABLE.code());
        JsonNode report = json(run.output());
        assertThat(report.path("cause").asString()).isEqualTo(ExitCode.EXEC_UNAVAILABLE.id());
        assertThat(report.path("exitCode").asInt()).isEqualTo(run.exitCode());
        assertThat(report.path("fix").asString()).contains("systemd");
        assertThat(under(what).run("--exec").output())
                .contains("FAIL exec ", "exec fails: exec-unavailable (exit code 52)");
    }

    /** A file in the place of Yama's: its setting is the whole machine's, and so not for tests to change. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void saysWhatYamaForbids(int scope) {
        var prefix = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                "mount -t tmpfs none /proc/sys/kernel; mkdir /proc/sys/kernel/yama; echo " + scope
                        + " >/proc/sys/kernel/yama/ptrace_scope; exec \"$@\"",
                "sh"));
        assumeTrue(
                Program.named("unshare", exec.home()).run("--mount", "true").exitCode() == 0, "no 'unshare --mount'");
        prefix.addAll(ExecCommand.asNobody());
        var run = exec.program().through(prefix).run("--", "echo", "started");
        assertThat(run.exitCode()).as(run.errors()).isEqualTo(NOT_HERE);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).contains("ptrace_scope is " + scope, "Set it to 1");
        var check = exec.program().through(prefix).run("--exec");
        assertThat(check.exitCode()).isEqualTo(ExitCode.EXEC_UNAVAILABLE.code());
        assertThat(check.output()).contains("FAIL exec ", "ptrace_scope");
    }

    /** One reader takes both: {@link ReportJson} is the reference. */
    @Test
    void theReportIsThatOfCheck() {
        var run = exec.program().run("--exec", "--json");
        JsonNode report = json(run.ok());
        JsonNode reference = json(ReportJson.of(
                new Report(null, List.of(new Step("name", Step.Outcome.NOTE, null, "words", null)), Egress.UNTESTED)));
        assertThat(report.propertyNames()).containsExactlyElementsOf(reference.propertyNames());
        for (String same : List.of("target", "ok", "cause", "exitCode", "message", "fix", "directEgress")) {
            assertThat(report.path(same)).as(same).isEqualTo(reference.path(same));
        }
        var step = reference.path("steps").path(0);
        assertThat(report.path("steps")).hasSizeGreaterThan(10).allSatisfy(each -> {
            assertThat(each.propertyNames()).containsExactlyElementsOf(step.propertyNames());
            assertThat(each.path("outcome").asString()).isIn("passed", "note");
        });
        assertThat(exec.program().run("--exec").ok()).startsWith("ok   exec ").endsWith("exec works here\n");
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
