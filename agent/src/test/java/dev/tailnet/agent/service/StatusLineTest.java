package dev.tailnet.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.NodeState.Kind;
import dev.tailnet.agent.node.NodeState.Outlook;
import dev.tailnet.agent.node.SelfNode;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    private static final SelfNode SELF =
            new SelfNode("autoheal-7.tailnet.example", List.of("100.64.0.3", "fd7a:115c:a1e0::3"), null);

    private static NodeState state(Kind kind, Outlook outlook) {
        return new NodeState(kind, "the reason", outlook);
    }

    private static String line(NodeState state, boolean hasAuthKey) {
        return StatusLine.of(state, null, OptionalInt.empty(), hasAuthKey);
    }

    @Test
    void aRunningNodeIsNamedWithItsAddressAndPeers() {
        var running = state(Kind.RUNNING, Outlook.FINE);
        assertThat(StatusLine.of(running, SELF, OptionalInt.of(4), true))
                .isEqualTo("Running as autoheal-7 (100.64.0.3), 4 peers");
        assertThat(StatusLine.of(running, SELF, OptionalInt.of(1), true))
                .isEqualTo("Running as autoheal-7 (100.64.0.3), 1 peer");
        assertThat(StatusLine.of(running, SELF, OptionalInt.empty(), true))
                .isEqualTo("Running as autoheal-7 (100.64.0.3)");
    }

    @Test
    void aNodeWithoutALoginSaysHowToLogIn() {
        assertThat(line(state(Kind.NEEDS_LOGIN, Outlook.STUCK), false))
                .isEqualTo("Needs login: run 'tailnet-agent up'");
        assertThat(line(state(Kind.NEEDS_LOGIN, Outlook.STUCK), true)).isEqualTo("Needs login: the reason");
    }

    @Test
    void everyOtherStateHasItsReason() {
        assertThat(line(state(Kind.STARTING, Outlook.FINE), true)).isEqualTo("Starting: the reason");
        assertThat(line(state(Kind.STARTING, Outlook.TRYING), true)).isEqualTo("Not connected: the reason");
        assertThat(line(state(Kind.NEEDS_APPROVAL, Outlook.STUCK), true)).isEqualTo("Needs approval: the reason");
        assertThat(line(state(Kind.STOPPED, Outlook.STUCK), true)).isEqualTo("Down: the reason");
        assertThat(line(state(Kind.FAILED, Outlook.STUCK), true)).isEqualTo("Failed: the reason");
    }
}
