package dev.tailnet.agent.node;

import dev.tailnet.agent.node.NodeState.Kind;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything heard about the node so far, and what it amounts to. Immutable: each report makes a new one.
 *
 * @param refusal the control server's words for refusing the login
 * @param browseToUrl where a person can log the node in
 * @param removal the control server's words for not knowing the node any more
 * @param startFailure why the library could not be loaded or the node not be started
 * @param hasRun whether the node has been running before
 */
record NodeCondition(
        IpnState ipn,
        @Nullable String refusal,
        @Nullable String browseToUrl,
        @Nullable SelfNode self,
        @Nullable String removal,
        Map<String, String> warnings,
        @Nullable String startFailure,
        boolean stopped,
        boolean hasRun) {

    static NodeCondition initial() {
        return new NodeCondition(IpnState.NO_STATE, null, null, null, null, Map.of(), null, false, false);
    }

    NodeCondition after(Notification news) {
        IpnState nextIpn = news.state() == null ? ipn : news.state();
        boolean admitted = news.loginFinished() || (news.state() != null && isPastLogin(nextIpn));
        String nextRefusal = news.errorMessage() == null ? (admitted ? null : refusal) : news.errorMessage();
        String nextUrl = news.browseToUrl() == null ? (admitted ? null : browseToUrl) : news.browseToUrl();
        return new NodeCondition(
                nextIpn,
                nextRefusal,
                orNull(nextUrl),
                news.self() == null ? self : news.self(),
                orNull(news.removed() == null ? removal : news.removed()),
                news.warnings() == null ? warnings : Map.copyOf(news.warnings()),
                startFailure,
                stopped,
                hasRun || nextIpn == IpnState.RUNNING);
    }

    NodeCondition afterStartFailure(String reason) {
        return new NodeCondition(ipn, refusal, browseToUrl, self, removal, warnings, reason, stopped, hasRun);
    }

    NodeCondition afterStop() {
        return new NodeCondition(ipn, refusal, browseToUrl, self, removal, warnings, startFailure, true, hasRun);
    }

    /** @param now tells whether the node's key has expired */
    NodeState state(Login login, Instant now) {
        if (stopped) {
            return NodeState.stuck(Kind.STOPPED, Trouble.NODE_STOPPED, "the agent is stopping");
        }
        if (startFailure != null) {
            return NodeState.stuck(Kind.FAILED, Trouble.NODE, startFailure);
        }
        return switch (ipn) {
            case RUNNING -> removal == null ? NodeState.running() : removed(login, removal);
            case STARTING -> removal == null ? connecting() : removed(login, removal);
            case NEEDS_MACHINE_AUTH ->
                NodeState.stuck(
                        Kind.NEEDS_APPROVAL,
                        Trouble.NEEDS_APPROVAL,
                        "the node waits for approval: an administrator has to approve it at " + login.server()
                                + ", or mint the auth key as pre-approved.");
            case STOPPED ->
                NodeState.stuck(
                        Kind.STOPPED,
                        Trouble.NODE_STOPPED,
                        "the node was taken down (tailscale down); bring it up with: tailscale up");
            case IN_USE_OTHER_USER ->
                NodeState.stuck(Kind.FAILED, Trouble.NODE, "another user of this machine holds the node's state.");
            case NO_STATE, NEEDS_LOGIN -> loggingIn(login, now);
        };
    }

    private NodeState connecting() {
        for (String code : new String[] {"network-status", "no-derp-home", "no-derp-connection"}) {
            String warning = warnings.get(code);
            if (warning != null) {
                return NodeState.trying(Trouble.RELAY_UNREACHABLE, "logged in, but not connected: " + warning);
            }
        }
        return NodeState.starting("logged in; connecting to the tailnet");
    }

    private NodeState loggingIn(Login login, Instant now) {
        if (refusal != null) {
            return LoginRefusal.explain(login, refusal);
        }
        if (ipn == IpnState.NEEDS_LOGIN && hasRun) {
            return loggedOut(login, now);
        }
        if (browseToUrl != null) {
            return NodeState.stuck(
                    Kind.NEEDS_LOGIN,
                    login.keySource().isPresent() ? Trouble.LOGIN_WANTED : Trouble.KEY_MISSING,
                    login.keySource().isPresent()
                            ? "control server " + login.server() + " wants a person to log this node in: open "
                                    + browseToUrl
                            : "no auth key given and no stored login: set TS_AUTHKEY (or --auth-key-file) and start the"
                                    + " agent again, or open " + browseToUrl);
        }
        String trouble = warnings.get("login-state");
        if (trouble != null) {
            return ControlTrouble.isIn(trouble)
                    ? ControlTrouble.explain(login.server(), trouble)
                    : LoginRefusal.explain(login, trouble);
        }
        return NodeState.starting("logging in at " + login.server());
    }

    private NodeState loggedOut(Login login, Instant now) {
        Instant expiry = self == null ? null : self.keyExpiry();
        boolean expired = expiry != null && expiry.isBefore(now);
        String what = expired
                ? "the node's key expired at " + expiry
                : "control server " + login.server() + " logged this node out (removed, or expired there)";
        return NodeState.stuck(
                Kind.NEEDS_LOGIN,
                expired ? Trouble.NODE_KEY_EXPIRED : Trouble.LOGIN_WANTED,
                what + ". Start the agent again with a valid auth key; nodes with tags do not expire.");
    }

    private static NodeState removed(Login login, String words) {
        return NodeState.stuck(
                Kind.NEEDS_LOGIN,
                Trouble.NODE_REMOVED,
                "control server " + login.server() + " does not know this node any more (" + words + "): it was removed"
                        + " there. Start the agent again with a valid auth key.");
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static boolean isPastLogin(IpnState state) {
        return state == IpnState.STARTING || state == IpnState.RUNNING || state == IpnState.NEEDS_MACHINE_AUTH;
    }
}
