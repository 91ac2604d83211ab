package dev.tailnet.agent.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Step NAME = Step.passed("name", Duration.ofNanos(1_500_000), "100.64.0.1 (MagicDNS)");
    private static final Step REFUSED = Step.failed(
            "connection", Duration.ofMillis(20), new Finding(ExitCode.CONNECTION_REFUSED, "web refused", "Start it."));
    private static final Step NOTE = Step.note("direct egress", null, "closed: \"x\"");

    private static Report report(Step... steps) {
        try {
            return new Report(Target.parse("web:80"), List.of(steps), Egress.CLOSED);
        } catch (ConnectFailure e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void textHasALineForEachStepAndTheFix() {
        assertThat(ReportText.line(NAME)).isEqualTo("ok   name           100.64.0.1 (MagicDNS)  [1.5 ms]\n");
        assertThat(ReportText.line(REFUSED))
                .isEqualTo("FAIL connection     web refused  [20 ms]\n     fix            Start it.\n");
        assertThat(ReportText.line(NOTE)).isEqualTo("note direct egress  closed: \"x\"\n");
        assertThat(ReportText.outcome(report(NAME))).isEqualTo("web:80 can be reached\n");
        assertThat(ReportText.outcome(report(NAME, REFUSED)))
                .isEqualTo("web:80 fails at connection: connection-refused (exit code 42)\n");
    }

    @Test
    void jsonHasEveryKeyAlways() {
        var good = JsonMapper.shared().readTree(ReportJson.of(report(NAME, NOTE)));
        var bad = JsonMapper.shared().readTree(ReportJson.of(report(NAME, REFUSED, NOTE)));

        assertThat(good.propertyNames()).containsExactlyElementsOf(bad.propertyNames());
        assertThat(good.path("ok").asBoolean()).isTrue();
        assertThat(good.path("cause").isNull()).isTrue();
        assertThat(good.path("directEgress").asString()).isEqualTo("closed");
        assertThat(good.at("/steps/0/milliseconds").asDouble()).isEqualTo(1.5);
        assertThat(good.at("/steps/1/details").asString()).isEqualTo("closed: \"x\"");
        assertThat(bad.path("cause").asString()).isEqualTo("connection-refused");
        assertThat(bad.path("exitCode").asInt()).isEqualTo(42);
        assertThat(bad.path("fix").asString()).isEqualTo("Start it.");
    }
}
