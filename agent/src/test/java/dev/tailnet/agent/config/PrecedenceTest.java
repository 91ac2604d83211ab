package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecedenceTest {
    @TempDir
    private Path directory;

    @Test
    void flagBeatsEnvironmentBeatsFile() {
        var load = Load.with().file(directory, "hostname: of-file\n");
        assertThat(load.settings().node().hostname()).isEqualTo("of-file");
        load.variable("TS_HOSTNAME", "of-environment");
        assertThat(load.settings().node().hostname()).isEqualTo("of-environment");
        load.flag(Setting.HOSTNAME, "of-flag");
        assertThat(load.settings().node().hostname()).isEqualTo("of-flag");
    }

    @Test
    void inTheEnvironmentOursComesFirstThenTheArgumentsThenTheSingleNames() {
        var load = Load.with().variable("TS_HOSTNAME", "single");
        load.variable("TS_EXTRA_ARGS", "--hostname=argument");
        assertThat(load.settings().node().hostname()).isEqualTo("argument");
        load.variable("TAILNET_HOSTNAME", "ours");
        assertThat(load.settings().node().hostname()).isEqualTo("ours");
    }

    @Test
    void aStrongerListReplacesTheWholeWeakerOne() {
        var settings = Load.with()
                .file(directory, "advertise-tags: [tag:a, tag:b]\n")
                .flag(Setting.ADVERTISE_TAGS, "tag:c")
                .settings();
        assertThat(settings.node().tags()).containsExactly("tag:c");
    }

    @Test
    void anEmptyVariableIsNotSet() {
        var settings = Load.with()
                .variable("TS_HOSTNAME", "")
                .variable("TS_AUTHKEY", "")
                .settings();
        assertThat(settings.node().hostname()).isEqualTo(HostName.ofHost());
        assertThat(settings.node().credential()).isEmpty();
    }

    @Test
    void theFileMayBeNamedByAVariable() {
        var load = Load.with().file(directory, "internet: deny\n");
        var file = directory.resolve("agent.yaml").toString();
        assertThat(Load.with().variable("TAILNET_CONFIG", file).settings().internet())
                .isEqualTo(load.settings().internet())
                .isEqualTo(Internet.DENY);
    }

    @Test
    void allProblemsAreReportedAtOnceEachWithItsSource() {
        var problems = Load.with()
                .flagProblem("--lisen: unknown flag")
                .flag(Setting.LISTEN, "nowhere:1")
                .variable("TS_HOSTNAME", "not_a_name")
                .file(directory, "log-level: loud\nlogin-server: headscale\n")
                .problems();
        assertThat(problems)
                .hasSize(5)
                .anySatisfy(problem -> assertThat(problem).isEqualTo("--lisen: unknown flag"))
                .anySatisfy(problem -> assertThat(problem).startsWith("--listen (flag): 'nowhere:1'"))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("TS_HOSTNAME (environment): ")
                        .endsWith("such as not-a-name"))
                .anySatisfy(problem -> assertThat(problem)
                        .isEqualTo("agent.yaml line 1: 'loud' is none of error, warn, info, debug, trace"))
                .anySatisfy(problem -> assertThat(problem).startsWith("agent.yaml line 2: 'headscale'"));
    }
}
