package dev.tailnet.agent.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.node.Trouble;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which step a cause belongs to, and what is said of it. */
class CheckTest {
    private static final String THROUGH_AGENT = "http://127.0.0.1:1055";

    private static Report check(FakeSide agent, @Nullable String target) {
        return check(agent, target, Map.of("HTTPS_PROXY", THROUGH_AGENT));
    }

    private static Report check(FakeSide agent, @Nullable String target, Map<String, String> environment) {
        var here = new Here(
                environment,
                new Flags(Map.of(), List.of()),
                () -> "tailscale 1.102.5",
                (address, port) -> new DirectAttempt(Egress.CLOSED, Duration.ZERO, "closed"));
        try {
            var wish = new Check.Wish(target == null ? null : Target.parse(target), false, Duration.ofSeconds(2));
            var told = new ArrayList<Step>();
            Report report = new Check(wish, here, agent).run(told::add);
            assertThat(told).isEqualTo(report.steps());
            return report;
        } catch (ConnectFailure e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> passed(Report report) {
        return report.steps().stream()
                .filter(step -> step.outcome() == Step.Outcome.PASSED)
                .map(Step::name)
                .toList();
    }

    private static Step failed(Report report) {
        return report.steps().stream()
                .filter(step -> step.outcome() == Step.Outcome.FAILED)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aConnectionThatStandsPassesAllSteps() {
        Report report = check(FakeSide.running(), "web:80");

        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(passed(report))
                .containsExactly(
                        "agent",
                        "library",
                        "control server",
                        "login",
                        "registration",
                        "relay",
                        "name",
                        "policy",
                        "route",
                        "path",
                        "connection");
    }

    @Test
    void withoutATargetTheNodeIsAll() {
        Report report = check(FakeSide.running(), null);

        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(passed(report)).endsWith("relay");
        assertThat(report.egress()).isEqualTo(Egress.UNTESTED);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void everyTroubleOfANodeHasItsExitCode(Trouble trouble) {
        var node = FakeSide.node("needs-login", "words about it. And the fix.", trouble.id());

        Report report = check(FakeSide.running().with(node), "web:80");

        assertThat(report.exitCode().name()).isEqualTo(trouble.name());
        assertThat(report.finding()).hasValueSatisfying(finding -> {
            assertThat(finding.words()).isEqualTo("words about it");
            assertThat(finding.fix()).isEqualTo("And the fix.");
        });
        assertThat(passed(report)).doesNotContain("connection");
    }

    @ParameterizedTest
    @CsvSource({
        "control-unreachable, control server, agent;library",
        "key-expired, login, agent;library;control server",
        "needs-approval, registration, agent;library;control server;login",
        "relay-unreachable, relay, agent;library;control server;login;registration",
    })
    void theStepsBeforeATroubleHavePassed(String cause, String step, String before) {
        Report report = check(FakeSide.running().with(FakeSide.node("starting", "words", cause)), null);

        assertThat(failed(report).name()).isEqualTo(step);
        assertThat(passed(report)).containsExactly(before.split(";"));
    }

    @Test
    void aNodeThatSaysNothingYetIsStarting() {
        Report report = check(FakeSide.running().with(FakeSide.node("starting", "logging in at x", "")), null);

        assertThat(report.exitCode()).isEqualTo(ExitCode.NODE_STARTING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            403 | http_request_denied         | POLICY_DENIED        | policy
            502 | destination_ip_prohibited   | ACL_DENIED           | connection
            502 | connection_refused          | CONNECTION_REFUSED   | connection
            502 | destination_unavailable     | UNREACHABLE          | connection
            504 | dns_timeout                 | DNS_FAILED           | name
            502 | dns_error                   | NAME_UNKNOWN         | name
            502 | proxy_configuration_error   | UPSTREAM_PROXY       | connection
            503 | proxy_configuration_error   | NODE_STARTING        | connection
            503 | connection_limit_reached    | TOO_MANY_CONNECTIONS | connection
            503 | ''                          | TOO_MANY_CONNECTIONS | connection
            500 | proxy_internal_error        | INTERNAL             | connection
            """)
    void theAgentsRefusalIsTheFinding(int status, String error, ExitCode cause, String step) {
        Report report = check(FakeSide.running().refusing(status, error, "its words"), "web:80");

        assertThat(report.exitCode()).isEqualTo(cause);
        assertThat(failed(report).name()).isEqualTo(step);
        assertThat(failed(report).words()).contains("its words");
    }

    @Test
    void whatAnswersPingsAndNothingElseIsBehindAnAcl() {
        Report report = check(FakeSide.running().refusing(504, "connection_timeout", "no answer"), "web:81");

        assertThat(report.exitCode()).isEqualTo(ExitCode.ACL_DENIED);
        assertThat(failed(report).words()).contains("web answers pings (DERP test)", "port 81");
        assertThat(report.finding().orElseThrow().fix()).contains("box.tailnet.test", "port 81 of web");
    }

    @Test
    void whatAnswersNoPingEitherIsOffline() {
        var agent = FakeSide.running().with(FakeSide.NO_PONG).refusing(504, "connection_timeout", "no answer");

        assertThat(check(agent, "web:81").exitCode()).isEqualTo(ExitCode.PEER_OFFLINE);
    }

    @Test
    void aHostBehindARouterThatAnswersIsTheOneThatIsSilent() {
        var agent = FakeSide.running()
                .with(FakeSide.at("10.1.2.3", Route.SUBNET))
                .with(new TunnelAnswer.Late(Duration.ofSeconds(2)));

        Report report = check(agent, "db:5432");

        assertThat(report.exitCode()).isEqualTo(ExitCode.CONNECT_TIMEOUT);
        assertThat(failed(report).words()).contains("the subnet router web answers", "db:5432");
    }

    @Test
    void aPrivateAddressWithoutASubnetRouteIsToldAsThat() {
        var agent = FakeSide.running()
                .with(FakeSide.at("10.255.255.1", Route.DIRECT))
                .refusing(504, "connection_timeout", "no answer");

        Report report = check(agent, "10.255.255.1:80");
        assertThat(report.exitCode()).isEqualTo(ExitCode.NO_SUBNET_ROUTE);
        assertThat(report.finding().orElseThrow().fix()).contains("--advertise-routes");

        Report ignoring = check(agent.with(new TailnetView(true, true, "", true, false)), "10.255.255.1:80");
        assertThat(ignoring.finding().orElseThrow().fix()).contains("--accept-routes");
    }

    @Test
    void anAddressThatNobodyHasIsARoutesFailure() {
        var agent = FakeSide.running()
                .with(FakeSide.at("100.64.0.99", Route.UNOWNED))
                .refusing(502, "destination_ip_unroutable", "nobody has it");

        assertThat(check(agent, "100.64.0.99:80").exitCode()).isEqualTo(ExitCode.NOT_ON_TAILNET);
    }

    @ParameterizedTest
    @CsvSource({
        "web, true, true, NAME_UNKNOWN",
        "web, false, true, MAGICDNS_OFF",
        "web.tailnet.test, true, false, MAGICDNS_OFF",
        "elsewhere.test, false, false, NAME_UNKNOWN",
    })
    void aTailnetsNameFailsForWantOfMagicDns(String host, boolean magicDns, boolean acceptDns, ExitCode cause) {
        var agent = FakeSide.running()
                .with(new TailnetView(true, magicDns, "tailnet.test", acceptDns, true))
                .with(new NameAnswer(List.of(), "system", ""))
                .refusing(502, "dns_error", "no address");

        Report report = check(agent, host + ":80");

        assertThat(report.exitCode()).isEqualTo(cause);
        if (cause == ExitCode.MAGICDNS_OFF) {
            assertThat(report.finding().orElseThrow().fix()).contains("100.64.0.1");
        }
    }

    @Test
    void aNameThatIsAlmostANodesIsSuggested() {
        var agent = FakeSide.running()
                .with(new NameAnswer(List.of(), "system", ""))
                .refusing(502, "dns_error", "wbe has no address");

        assertThat(failed(check(agent, "wbe:80")).words()).endsWith("did you mean web?");
    }

    @Test
    void proxyVariablesThatLeadElsewhereFailWhatOnlyTheAgentReaches() {
        var elsewhere = Map.of("http_proxy", "http://user:secret@127.0.0.1:9/");

        Report report = check(FakeSide.running(), "web:80", elsewhere);
        assertThat(report.exitCode()).isEqualTo(ExitCode.PROXY_VARIABLES);
        assertThat(failed(report).words())
                .contains("http_proxy leads to 127.0.0.1:9")
                .doesNotContain("secret");

        var direct = FakeSide.running().with(FakeSide.at("127.0.0.1", Route.DIRECT));
        assertThat(check(direct, "here.test:80", elsewhere).exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void noProxyThatHasTheTargetFailsItToo() {
        var bypassing = Map.of("HTTPS_PROXY", THROUGH_AGENT, "NO_PROXY", "localhost,.tailnet.test");

        assertThat(check(FakeSide.running(), "web.tailnet.test:80", bypassing).exitCode())
                .isEqualTo(ExitCode.PROXY_VARIABLES);
    }

    @Test
    void withoutAnAgentItSaysHowToStartOne() {
        var absent = new FakeSide(
                "no agent is running in /run/x. Start one with 'tailnet-agent run'",
                FakeSide.node("", "", ""),
                null,
                new NameAnswer(List.of(), "", ""),
                null,
                null);

        Report report = check(absent, null, Map.of("TS_EXTRA_ARGS", "--login-server=http://127.0.0.1:1"));
        assertThat(report.exitCode()).isEqualTo(ExitCode.CONTROL_UNREACHABLE);
        assertThat(passed(report)).containsExactly("configuration", "library");

        Report wrong = check(absent, null, Map.of("TAILNET_DRAIN_TIMEOUT", "soon"));
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
