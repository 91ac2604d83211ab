package dev.tailnet.agent.cli.prefs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.cli.prefs.UpPlan.Edit;
import dev.tailnet.agent.cli.prefs.UpPlan.Impossible;
import dev.tailnet.agent.cli.prefs.UpPlan.Refused;
import dev.tailnet.agent.cli.prefs.UpPlan.Resume;
import dev.tailnet.agent.cli.prefs.UpPlan.Start;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpPlanTest {
    private static final Preferences NONE = new Preferences(Map.of());

    private static final Preferences AS_STARTED = new Preferences(Map.of(
            Preference.HOSTNAME, "box",
            Preference.LOGIN_SERVER, "http://control",
            Preference.ACCEPT_ROUTES, "true",
            Preference.ACCEPT_DNS, "true",
            Preference.SHIELDS_UP, "true"));

    private static final NodeSituation FRESH = new NodeSituation(AS_STARTED, false, true, false, false, "alice");
    private static final NodeSituation RUNNING = new NodeSituation(AS_STARTED, true, false, true, true, "alice");

    private static UpPlan plan(Preferences given, NodeSituation node) {
        return UpPlan.of(new UpRequest(given, false, false, false), node);
    }

    private static NodeSituation with(Preferences more, NodeSituation node) {
        return new NodeSituation(
                more.orElse(node.preferences()),
                node.isRunning(),
                node.needsLogin(),
                node.hasNodeKey(),
                node.hasUser(),
                node.user());
    }

    private static Preferences of(Preference preference, String value) {
        return new Preferences(Map.of(preference, value));
    }

    @Test
    void bareUpOfANewNodeBeginsALoginAndChangesNothing() {
        assertThat(plan(NONE, FRESH)).isEqualTo(new Start(AS_STARTED, true));
        var tagged = with(of(Preference.ADVERTISE_TAGS, "tag:ci"), FRESH);
        assertThat(plan(NONE, tagged)).isEqualTo(new Start(tagged.preferences(), true));
    }

    @Test
    void aKeyNeedsNoBrowserButANodeWithoutOneTakesBoth() {
        var request = new UpRequest(NONE, false, false, true);
        assertThat(UpPlan.of(request, FRESH)).isEqualTo(new Start(AS_STARTED, true));
        var loggedOut = new NodeSituation(AS_STARTED, false, true, true, true, "alice");
        assertThat(UpPlan.of(request, loggedOut)).isEqualTo(new Start(AS_STARTED, false));
    }

    @Test
    void bareUpOfADownedNodeResumesIt() {
        var down = new NodeSituation(AS_STARTED, false, false, true, true, "alice");
        assertThat(plan(NONE, down)).isEqualTo(new Resume());
        assertThat(plan(NONE, RUNNING)).isEqualTo(new Resume());
    }

    @Test
    void whatTheAgentWasStartedWithNeedNoMention() {
        assertThat(plan(of(Preference.ACCEPT_DNS, "false"), RUNNING))
                .isEqualTo(new Edit(of(Preference.ACCEPT_DNS, "false")));
        assertThat(plan(of(Preference.HOSTNAME, "other"), RUNNING))
                .isEqualTo(new Edit(of(Preference.HOSTNAME, "other")));
    }

    @Test
    void settingsThatWouldBeLostAreNamed() {
        var set = new Preferences(Map.of(
                Preference.ADVERTISE_TAGS, "tag:ci,tag:web",
                Preference.ACCEPT_ROUTES, "false",
                Preference.EXIT_NODE, "100.64.0.9",
                Preference.OPERATOR, "bob"));
        assertThat(plan(of(Preference.HOSTNAME, "other"), with(set, RUNNING))).isEqualTo(new Refused(set));
        assertThat(CommandLineText.flags(set))
                .containsExactly(
                        "--advertise-tags=tag:ci,tag:web",
                        "--accept-routes=false",
                        "--exit-node=100.64.0.9",
                        "--operator=bob");
        var mentioned = set.with(Preference.HOSTNAME, "other").with(Preference.ADVERTISE_TAGS, "tag:web,tag:ci");
        assertThat(plan(mentioned, with(set, RUNNING))).isEqualTo(new Edit(mentioned));
    }

    @Test
    void theOperatorNeedsNoMentionByHerself() {
        var operated = with(of(Preference.OPERATOR, "alice"), RUNNING);
        assertThat(plan(of(Preference.ACCEPT_DNS, "false"), operated))
                .isEqualTo(new Edit(of(Preference.ACCEPT_DNS, "false")));
    }

    @Test
    void resetGivesUpWhatIsNotMentioned() {
        var exit = with(of(Preference.EXIT_NODE, "100.64.0.9"), RUNNING);
        var plan = UpPlan.of(new UpRequest(NONE, true, false, false), exit);
        assertThat(plan).isInstanceOf(Edit.class);
        var changes = ((Edit) plan).changes();
        assertThat(changes.text(Preference.EXIT_NODE)).isEmpty();
        assertThat(changes.text(Preference.HOSTNAME)).isEqualTo("box");
        assertThat(changes.isTrue(Preference.ACCEPT_ROUTES)).isTrue();
    }

    @Test
    void otherTagsAndOtherServersStartOver() {
        var tagged = plan(of(Preference.ADVERTISE_TAGS, "tag:ci"), RUNNING);
        assertThat(tagged).isEqualTo(new Start(AS_STARTED.defaults().with(Preference.ADVERTISE_TAGS, "tag:ci"), false));
        var moved = of(Preference.LOGIN_SERVER, "http://other");
        assertThat(plan(moved, RUNNING))
                .isEqualTo(new Impossible("the control server of a connected node changes only with --force-reauth"));
        assertThat(UpPlan.of(new UpRequest(moved, false, true, false), RUNNING))
                .isEqualTo(new Start(moved.orElse(AS_STARTED.defaults()), true));
    }

    @Test
    void tailscalesServerHasTwoNames() {
        var one = with(of(Preference.LOGIN_SERVER, "https://controlplane.tailscale.com"), RUNNING);
        assertThat(plan(of(Preference.LOGIN_SERVER, "https://login.tailscale.com"), one))
                .isInstanceOf(Edit.class);
    }

    @Test
    void lanAccessNeedsAnExitNode() {
        assertThat(plan(of(Preference.EXIT_NODE_ALLOW_LAN_ACCESS, "true"), RUNNING))
                .isInstanceOf(Impossible.class);
    }
}
