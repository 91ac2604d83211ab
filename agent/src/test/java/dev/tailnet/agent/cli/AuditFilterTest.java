package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AuditFilterTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static boolean wants(AuditFilter filter, String line) throws ControlException {
        return filter.wants(Json.parse(line));
    }

    @Test
    void aTimeIsSomeTimeAgoOrAPoint() {
        assertThat(AuditFilter.since("90s", NOW)).isEqualTo(NOW.minusSeconds(90));
        assertThat(AuditFilter.since("10m", NOW)).isEqualTo(NOW.minusSeconds(600));
        assertThat(AuditFilter.since("7d", NOW)).isEqualTo(NOW.minusSeconds(7 * 86_400));
        assertThat(AuditFilter.since("2026-01-02T05:04:05+02:00", NOW)).isEqualTo(NOW);
        assertThat(AuditFilter.since("", NOW)).isEqualTo(Instant.MIN);
        assertThatThrownBy(() -> AuditFilter.since("yesterday", NOW)).hasMessageContaining("7d");
    }

    @Test
    void deniedIsWhatWasOrWouldHaveBeen() throws ControlException {
        var filter = new AuditFilter(true, Instant.MIN, "");
        assertThat(wants(filter, "{\"decision\":\"deny\"}")).isTrue();
        assertThat(wants(filter, "{\"decision\":\"allow\",\"wouldDeny\":\"it is not allowed\"}"))
                .isTrue();
        assertThat(wants(filter, "{\"decision\":\"allow\",\"wouldDeny\":null}")).isFalse();
        assertThat(wants(filter, "{\"decision\":\"fail\"}")).isFalse();
        assertThat(wants(filter, "{\"event\":\"close\"}")).isFalse();
    }

    @Test
    void aHostIsANameAnAddressOrADomain() throws ControlException {
        String line = "{\"host\":\"DB.example.com.\",\"name\":\"db.example.com\",\"addresses\":[\"10.0.0.1\"]}";
        assertThat(wants(new AuditFilter(false, Instant.MIN, "db.EXAMPLE.com"), line))
                .isTrue();
        assertThat(wants(new AuditFilter(false, Instant.MIN, ".example.com"), line))
                .isTrue();
        assertThat(wants(new AuditFilter(false, Instant.MIN, "*.example.com"), line))
                .isTrue();
        assertThat(wants(new AuditFilter(false, Instant.MIN, "10.0.0.1"), line)).isTrue();
        assertThat(wants(new AuditFilter(false, Instant.MIN, "example.com"), line))
                .isFalse();
        assertThat(wants(new AuditFilter(false, Instant.MIN, ".b.example.com"), line))
                .isFalse();
    }

    @Test
    void whatIsOlderIsLeftOut() throws ControlException {
        var filter = new AuditFilter(false, NOW, "");
        assertThat(wants(filter, "{\"time\":\"2026-01-02T03:04:04.999999Z\"}")).isFalse();
        assertThat(wants(filter, "{\"time\":\"2026-01-02T03:04:05.000000Z\"}")).isTrue();
    }
}
