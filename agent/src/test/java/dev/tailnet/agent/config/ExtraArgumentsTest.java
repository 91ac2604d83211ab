package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExtraArgumentsTest {

    private static Load with(String arguments) {
        return Load.with().variable("TS_EXTRA_ARGS", arguments);
    }

    @Test
    void readsTheFlagsOfTailscaleUp() {
        var node =
                with("--login-server http://headscale:8080 -hostname=\"box-1\" --advertise-tags=tag:a,tag:b --accept-routes=false")
                        .settings()
                        .node();
        assertThat(node.loginServer()).hasToString("http://headscale:8080");
        assertThat(node.hostname()).isEqualTo("box-1");
        assertThat(node.tags()).containsExactly("tag:a", "tag:b");
        assertThat(node.acceptRoutes()).isFalse();
    }

    @Test
    void readsWhatTheNodeIsToDo() {
        var preferences = with("--accept-dns=false --shields-up --advertise-routes 10.0.0.0/8 --exit-node=")
                .settings()
                .node()
                .preferences();
        assertThat(preferences.acceptDns()).isFalse();
        assertThat(preferences.shieldsUp()).contains(true);
        assertThat(preferences.advertiseRoutes()).containsExactly("10.0.0.0/8");
        assertThat(preferences.unsaid())
                .containsExactlyInAnyOrder(
                        Setting.HOSTNAME, Setting.LOGIN_SERVER, Setting.ADVERTISE_TAGS, Setting.ACCEPT_ROUTES);
    }

    @Test
    void twoDashesEndThem() {
        assertThat(with("--hostname=a --").settings().node().hostname()).isEqualTo("a");
    }

    @Test
    void aBareSwitchTakesNoValueFromTheNextWord() {
        var node = with("--accept-routes --hostname box-2").settings().node();
        assertThat(node.acceptRoutes()).isTrue();
        assertThat(node.hostname()).isEqualTo("box-2");
    }

    @Test
    void theLastOneWins() {
        assertThat(with("--hostname=a --hostname=b").settings().node().hostname())
                .isEqualTo("b");
    }

    @Test
    void warnsOfWhatIsNotDone() {
        assertThat(with("--advertise-exit-node --ssh --ssh=false --relay-server-port= --reset --qr")
                        .load()
                        .warnings())
                .containsExactly(
                        "--advertise-exit-node (TS_EXTRA_ARGS): not supported, and ignored",
                        "--ssh (TS_EXTRA_ARGS): not supported, and ignored");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(with("--login-sever=http://h word --hostname").problems())
                .containsExactly(
                        "--login-sever (TS_EXTRA_ARGS): unknown; did you mean --login-server?",
                        "TS_EXTRA_ARGS (environment): 'word' is no flag: tailscale up takes no arguments",
                        "--hostname (TS_EXTRA_ARGS): has no value");
    }

    @Test
    void refusesAnOpenQuote() {
        assertThat(with("--hostname='a").problems())
                .containsExactly("TS_EXTRA_ARGS (environment): has a quote ' that does not end");
    }

    @Test
    void aKeyAmongThemIsToBeScrubbed() {
        var configuration = with("--auth-key=tskey-1").load();
        assertThat(configuration.settings().node().credential())
                .map(Load::secret)
                .contains(Secret.of("tskey-1"));
        assertThat(configuration.exposed()).containsExactly(Secret.of("tskey-1"));
    }
}
