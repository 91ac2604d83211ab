package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditReaderTest {
    @TempDir
    private Path directory;

    @Test
    void thereIsNoneUnlessOneIsAskedFor() {
        assertThat(Load.with().settings().audit()).isEmpty();
        assertThat(Load.with().flag(Setting.AUDIT_LOG, "none").settings().audit())
                .isEmpty();
    }

    @Test
    void hasDefaults() {
        assertThat(Load.with().flag(Setting.AUDIT_LOG, "stdout").settings().audit())
                .contains(new AuditSettings(
                        new AuditTarget.Stdout(), 100 << 20, Duration.ofHours(24), 10, false, AuditFailure.CONTINUE));
    }

    @Test
    void takesAllFromAFileAndTheEnvironment() {
        var settings = Load.with()
                .file(directory, """
                        audit-log: /var/log/audit.log
                        audit-max-size: 1m
                        audit-max-age: 0
                        audit-keep: 0
                        audit-fsync: true
                        audit-on-failure: not-ready
                        """)
                .variable("TAILNET_AUDIT_ON_FAILURE", "block")
                .settings();
        assertThat(settings.audit())
                .contains(new AuditSettings(
                        new AuditTarget.File(Path.of("/var/log/audit.log")),
                        1 << 20,
                        Duration.ZERO,
                        0,
                        true,
                        AuditFailure.BLOCK));
    }

    @Test
    void namesSocketsAndTheJournal() {
        assertThat(Load.with()
                        .flag(Setting.AUDIT_LOG, "unix:/run/c.sock")
                        .settings()
                        .audit())
                .map(AuditSettings::target)
                .contains(new AuditTarget.Unix(Path.of("/run/c.sock")));
        assertThat(Load.with().flag(Setting.AUDIT_LOG, "journald").settings().audit())
                .map(AuditSettings::target)
                .contains(new AuditTarget.Journald());
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(Load.with()
                        .flag(Setting.AUDIT_LOG, directory.toString())
                        .flag(Setting.AUDIT_MAX_SIZE, "1k")
                        .flag(Setting.AUDIT_MAX_AGE, "10ms")
                        .flag(Setting.AUDIT_ON_FAILURE, "explode")
                        .problems())
                .hasSize(4)
                .anySatisfy(problem -> assertThat(problem).contains("is a directory: name a file in it"))
                .anySatisfy(problem -> assertThat(problem).contains("none of continue, not-ready, block"));
        assertThat(Load.with().flag(Setting.AUDIT_LOG, "unix:").problems())
                .singleElement()
                .asString()
                .contains("unix:/run/collector.sock");
    }
}
