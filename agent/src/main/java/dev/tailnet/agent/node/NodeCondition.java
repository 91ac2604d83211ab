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
 * @param credentialTrouble why there is no auth key for the credential
 * @param preferences what the node is set to do; null until it is told
 * @param startFailure why the library could not be loaded or the node not be started
 * @param hasRun whether the node has been running before
 * @param leftHere whether it was logged out here since then
 */
record NodeCondition(
        IpnState ipn,
        @Nullable String refusal,
        @Nullable String browseToUrl,
        @Nullable SelfNode self,
        @Nullable String removal,
        @Nullable CredentialTrouble credentialTrouble,
        @Nullable Preferences preferences,
        Map<String, String> warnings,
        @Nullable String startFailure,
        boolean stopped,
        boolean hasRun,
        boolean leftHere) {
    private static final String NO_NETWORK =
            "this machine has no network (no interface but loopback is up with an address)";

    static NodeCondition initial() {
        return new NodeCondition(
                IpnState.NO_STATE, null, null, null, null, null, null, Map.of(), null, false, false, false);
    }

    NodeCondition after(Notification news) {
        IpnState nextIpn = news.state() == null ? ipn : news.state();
        boolean admitted = news.loginFinished() || (news.state() != null && isPastLogin(nextIpn));
        String nextRefusal = news.errorMessage() == null ? (admitted ? null : refusal) : news.errorMessage();
        Preferences nextPreferences = news.preferences() == null ? preferences : news.preferences();
        String nextUrl = news.browseToUrl() == null ? (admitted ? null : browseToUrl) : news.browseToUrl();
        return new NodeCondition(
                nextIpn,
                nextRefusal,
                orNull(nextUrl),
                news.self() == null ? self : news.self(),
                orNull(news.removed() == null ? removal : news.removed()),
                trouble(news, admitted),
                nextPreferences,
                news.warnings() == null ? warnings : Map.copyOf(news.warnings()),
                startFailure,
                stopped,
                hasRun || nextIpn == IpnState.RUNNING,
                !admitted && (leftHere || (hasRun && isLoggedOut(nextPreferences))));
    }

    private @Nullable CredentialTrouble trouble(Notification news, boolean admitted) {
        CredentialTrouble next = news.credentialTrouble();
        if (next == null) {
            return admitted ? null : credentialTrouble;
        }
        return next.words().isEmpty() ? null : next;
    }

    NodeCondition afterStartFailure(String reason) {
        return ended(reason, stopped);
    }

    NodeCondition afterStop() {
        return ended(startFailure, true);
    }

    private NodeCondition ended(@Nullable String failure, boolean hasStopped) {
        return new NodeCondition(
                ipn,
                refusal,
                browseToUrl,
                self,
                removal,
                credentialTrouble,
                preferences,
                warnings,
                failure,
                hasStopped,
                hasRun,
                leftHere);
    }

    /** What was said of the login before no longer counts: another is being tried. */
    NodeCondition atLogin() {
        return new NodeCondition(
                ipn, null, null, self, removal, null, preferences, warnings, startFailure, stopped, hasRun, leftHere);
    }

    /** Whether the node has to log in again, or for the first time after all, and nobody here asked for that. */
    boolean hasLostItsLogin() {
        if (stopped || startFailure != null || isLeft()) {
            return false;
        }
        return removal != null || (ipn == IpnState.NEEDS_LOGIN && (hasRun || browseToUrl != null));
    }

    /** Whether the control server, or who makes auth keys, has said no to what the node logs in with. */
    boolean isRefused() {
        return refusal != null || (credentialTrouble != null && credentialTrouble.refused());
    }

    /** Whether somebody has logged the node out here, and it is not back, which is theirs to bring about. */
    boolean isLeft() {
        return leftHere || isLoggedOutHere();
    }

    private boolean isLoggedOutHere() {
        return isLoggedOut(preferences);
    }

    private static boolean isLoggedOut(@Nullable Preferences preferences) {
        return preferences != null && preferences.loggedOut() && !preferences.wantRunning();
    }

    /** @param now tells whether the node's key has expired */
    NodeState state(Login started, Instant now) {
        Login login = started.at(preferences);
        if (stopped) {
            return NodeState.stuck(Kind.STOPPED, Trouble.NODE_STOPPED, "the agent is stopping");
        }
        if (startFailure != null) {
            return NodeState.stuck(Kind.FAILED, Trouble.NODE, startFailure);
        }
        if (removal != null && ipn != IpnState.STOPPED && ipn != IpnState.IN_USE_OTHER_USER) {
            return lost(
                    login,
                    Trouble.NODE_REMOVED,
                    "control server " + login.server() + " does not know this node any more (" + removal
                            + "): it was removed there");
        }
        return switch (ipn) {
            case RUNNING ->
                hasNetwork()
                        ? NodeState.running()
                        : NodeState.trying(
                                Trouble.RELAY_UNREACHABLE, NO_NETWORK + ". The node goes on as soon as there is one.");
            case STARTING -> connecting();
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
                        "the node was taken down (tailscale down); bring it up with: tailnet-agent up");
            case IN_USE_OTHER_USER ->
                NodeState.stuck(Kind.FAILED, Trouble.NODE, "another user of this machine holds the node's state.");
            case NO_STATE, NEEDS_LOGIN -> loggingIn(login, now);
        };
    }

    private boolean hasNetwork() {
        return !warnings.containsKey("network-status");
    }

    private NodeState connecting() {
        if (!hasNetwork()) {
            return NodeState.trying(Trouble.RELAY_UNREACHABLE, "logged in, but not connected: " + NO_NETWORK);
        }
        for (String code : new String[] {"no-derp-home", "no-derp-connection"}) {
            String warning = warnings.get(code);
            if (warning != null) {
                return NodeState.trying(Trouble.RELAY_UNREACHABLE, "logged in, but not connected: " + warning);
            }
        }
        return NodeState.starting("logged in; connecting to the tailnet");
    }

    private NodeState loggingIn(Login login, Instant now) {
        if (ipn == IpnState.NEEDS_LOGIN && isLoggedOutHere()) {
            return NodeState.stuck(
                    Kind.NEEDS_LOGIN,
                    Trouble.LOGIN_WANTED,
                    "the node was logged out here; log in with: tailnet-agent up"
                            + (browseToUrl == null ? "" : ", or open " + browseToUrl));
        }
        if (ipn == IpnState.NEEDS_LOGIN && hasRun && !leftHere) {
            return lost(
                    login, isExpired(now) ? Trouble.NODE_KEY_EXPIRED : Trouble.LOGIN_WANTED, whyLoggedOut(login, now));
        }
        if (refusal != null) {
            return LoginRefusal.explain(login, refusal);
        }
        if (credentialTrouble != null) {
            return credentialTrouble.explain(login);
        }
        if (browseToUrl != null) {
            return NodeState.stuck(
                    Kind.NEEDS_LOGIN,
                    isPersonsTurn(login) ? Trouble.LOGIN_WANTED : Trouble.KEY_MISSING,
                    isPersonsTurn(login)
                            ? "control server " + login.server() + " wants a person to log this node in: open "
                                    + browseToUrl
                            : "no auth key given and no stored login: set TS_AUTHKEY (or --auth-key-file) and start the"
                                    + " agent again, or run 'tailnet-agent up', or open " + browseToUrl);
        }
        String trouble = warnings.get("login-state");
        if (trouble != null) {
            return ControlTrouble.isIn(trouble)
                    ? ControlTrouble.explain(login.server(), trouble)
                    : LoginRefusal.explain(login, trouble);
        }
        if (!hasNetwork()) {
            return NodeState.trying(
                    Trouble.CONTROL_UNREACHABLE,
                    "control server " + login.server() + " cannot be asked: " + NO_NETWORK
                            + ". The node logs in as soon as there is one.");
        }
        return NodeState.starting("logging in at " + login.server());
    }

    /** Whoever logs the node in again after a logout has chosen to. */
    private boolean isPersonsTurn(Login login) {
        return leftHere || login.credential().isPresent();
    }

    private String whyLoggedOut(Login login, Instant now) {
        Instant expiry = self == null ? null : self.keyExpiry();
        return isExpired(now)
                ? "the node's key expired at " + expiry
                : "control server " + login.server() + " logged this node out (removed, or expired there)";
    }

    private boolean isExpired(Instant now) {
        Instant expiry = self == null ? null : self.keyExpiry();
        return expiry != null && expiry.isBefore(now);
    }

    /** A login that is no more, and what becomes of the next. */
    private NodeState lost(Login login, Trouble trouble, String why) {
        if (refusal != null) {
            NodeState again = LoginRefusal.explain(login, refusal);
            return NodeState.stuck(
                    Kind.NEEDS_LOGIN, again.trouble(), why + ". It cannot join again: " + again.reason());
        }
        if (credentialTrouble != null) {
            NodeState again = credentialTrouble.explain(login);
            return new NodeState(
                    Kind.NEEDS_LOGIN,
                    why + ". It cannot join again: " + again.reason(),
                    again.outlook(),
                    again.trouble());
        }
        return login.credential()
                .map(source -> NodeState.rejoining(trouble, why + ". It joins again with that of " + source))
                .orElseGet(() -> NodeState.stuck(
                        Kind.NEEDS_LOGIN,
                        trouble,
                        why + ". Start the agent again with a valid auth key, or run 'tailnet-agent up'"
                                + (browseToUrl == null ? "" : ", or open " + browseToUrl)
                                + "; nodes with tags do not expire."));
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static boolean isPastLogin(IpnState state) {
        return state == IpnState.STARTING || state == IpnState.RUNNING || state == IpnState.NEEDS_MACHINE_AUTH;
    }
}
