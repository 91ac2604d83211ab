package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.config.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class RunFlagsTest {

    private static Flags read(String... arguments) {
        var spec = CommandSpec.create();
        RunFlags.addTo(spec);
        return RunFlags.read(new CommandLine(spec).parseArgs(arguments));
    }

    @ParameterizedTest
    @EnumSource
    void everySettingHasAFlag(Setting setting) {
        assertThat(read(setting.flag() + "=x").values()).containsExactly(entry(setting, List.of("x")));
        assertThat(read(setting.flag(), "x").values()).containsExactly(entry(setting, List.of("x")));
    }

    @ParameterizedTest
    @CsvSource({
        "--control-url, LOGIN_SERVER",
        "--tag, ADVERTISE_TAGS",
        "--authkey, AUTH_KEY",
        "--statedir, STATE_DIR",
        "--socks5-server, SOCKS5_LISTEN",
        "--outbound-http-proxy-listen, HTTP_LISTEN"
    })
    void otherSpellingsMeanTheSame(String flag, Setting setting) {
        var flags = read(flag, "x");
        assertThat(flags.values()).containsExactly(entry(setting, List.of("x")));
        assertThat(flags.spellings()).containsExactly(entry(setting, flag));
    }

    @Test
    void aBareSwitchIsTrue() {
        var flags = read("--ephemeral", "--accept-routes=false");
        assertThat(flags.values())
                .containsOnly(
                        entry(Setting.EPHEMERAL, List.of("true")), entry(Setting.ACCEPT_ROUTES, List.of("false")));
        assertThat(flags.problems()).isEmpty();
    }

    @Test
    void repeatedFlagsAddUp() {
        assertThat(read("--tag", "tag:a", "--advertise-tags=tag:b").values().get(Setting.ADVERTISE_TAGS))
                .containsExactlyInAnyOrder("tag:a", "tag:b");
        assertThat(read("--listen=1", "--listen=2").values().get(Setting.LISTEN))
                .containsExactly("1", "2");
    }

    @Test
    void unknownFlagsAreProblemsWithASuggestion() {
        assertThat(read("--lisen=1", "--zzz", "value", "word").problems())
                .containsExactly(
                        "--lisen: unknown flag; did you mean --listen?",
                        "--zzz: unknown flag",
                        "'word': run takes flags only");
    }

    @Test
    void tailscaledsSpellingsOfStateAndTun() {
        assertThat(read("--state=mem:", "--tun=userspace-networking").values())
                .containsExactly(entry(Setting.STATE_DIR, List.of("mem:")));
        assertThat(read("--state=/var/lib/tailscale/tailscaled.state").values())
                .containsExactly(entry(Setting.STATE_DIR, List.of("/var/lib/tailscale/")));
        assertThat(read("--state=kube:secret").problems())
                .singleElement()
                .asString()
                .startsWith("--state (flag): ");
        assertThat(read("--tun=tailscale0").problems())
                .singleElement()
                .asString()
                .startsWith("--tun (flag): ");
    }
}
