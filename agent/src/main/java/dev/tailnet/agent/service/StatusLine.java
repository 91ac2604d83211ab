package dev.tailnet.agent.service;

import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.SelfNode;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How the node is doing, in the one line that {@code systemctl status} shows. */
public final class StatusLine {
    private static final String LOG_IN = "Needs login: run 'tailnet-agent up'";

    private StatusLine() {}

    /**
     * The line for a state.
     *
     * @param self null before the first login
     * @param peers empty when nobody has counted them yet
     * @param hasAuthKey whether the agent was given one: if it needs a login all the same, the reason tells more than the way to
     *     log in without one
     */
    public static String of(NodeState state, @Nullable SelfNode self, OptionalInt peers, boolean hasAuthKey) {
        return switch (state.kind()) {
            case RUNNING -> "Running" + (self == null ? "" : as(self)) + (peers.isEmpty() ? "" : ", " + count(peers));
            case NEEDS_LOGIN -> hasAuthKey ? "Needs login: " + state.reason() : LOG_IN;
            case NEEDS_APPROVAL -> "Needs approval: " + state.reason();
            case STARTING ->
                (state.outlook() == NodeState.Outlook.FINE ? "Starting: " : "Not connected: ") + state.reason();
            case STOPPED -> "Down: " + state.reason();
            case FAILED -> "Failed: " + state.reason();
        };
    }

    private static String as(SelfNode self) {
        int dot = self.name().indexOf('.');
        String name = dot < 0 ? self.name() : self.name().substring(0, dot);
        return " as " + name
                + self.addresses().stream()
                        .findFirst()
                        .map(address -> " (" + address + ")")
                        .orElse("");
    }

    private static String count(OptionalInt peers) {
        return peers.getAsInt() + (peers.getAsInt() == 1 ? " peer" : " peers");
    }
}
