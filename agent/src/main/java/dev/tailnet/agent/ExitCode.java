package dev.tailnet.agent;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The exit codes of {@code tailnet-agent}. Scripts rely on the numbers: add, never renumber. */
public enum ExitCode {
    OK(0, "success"),
    INTERNAL(1, "unexpected failure; the log has the details"),
    USAGE(2, "wrong flag, environment variable or configuration file"),
    LISTEN(3, "a listener could not be bound (port in use, no permission)"),
    LIBRARY(4, "libtailscale.so or the epoll transport is missing or does not fit"),
    STATE_DIR(5, "the state or runtime directory cannot be used"),
    NODE(6, "the node could not start, is not up, or refuses; or another agent runs in this runtime directory"),
    NO_AGENT(7, "no agent is running, or it does not answer"),
    NOT_FOUND(8, "nothing by that name, or it has no address"),
    UNANSWERED(9, "the name servers could not tell"),
    TUNNEL(10, "there is no tunnel to the target, or it broke"),
    DENIED(11, "this user may not change the node"),
    TIMEOUT(12, "not within the time given"),
    DENIED_BY_POLICY(13, "the policy denies the request"),
    AUDIT(14, "the audit log cannot be opened or read"),

    // What is in the way of the node or of a connection: 20 to 59.
    CONTROL_UNREACHABLE(20, "the control server does not answer, or not as one"),
    CONTROL_CERTIFICATE(
            21, "the control server's certificate is not trusted here, or not valid at this machine's time"),
    KEY_MISSING(22, "not logged in: there is neither an auth key nor a stored login"),
    KEY_INVALID(23, "the control server does not know the auth key"),
    KEY_EXPIRED(24, "the auth key has expired"),
    KEY_USED(25, "the auth key is used up: it admits one node, once"),
    LOGIN_REFUSED(26, "the control server refuses the login: tags that are not allowed, or another reason"),
    LOGIN_WANTED(27, "not logged in: a person has to do it, or the node was logged out"),
    NODE_KEY_EXPIRED(28, "the node's key has expired: it has to log in again"),
    NODE_REMOVED(29, "the node was removed at the control server"),
    NEEDS_APPROVAL(30, "an administrator has to approve the node"),
    NODE_STOPPED(31, "the node was taken down, or the agent is stopping"),
    NODE_STARTING(32, "the node is starting and has not said yet what it waits for"),
    RELAY_UNREACHABLE(33, "no relay (DERP) can be reached"),
    NAME_UNKNOWN(34, "the name does not exist"),
    MAGICDNS_OFF(35, "a name of the tailnet, while MagicDNS is off there or not used here"),
    DNS_FAILED(36, "the name servers do not answer, or could not tell"),
    POLICY_DENIED(37, "the agent's policy refuses the target"),
    NOT_ON_TAILNET(38, "nobody in the tailnet has that address, as far as this node may see"),
    NO_SUBNET_ROUTE(39, "a private address, and no subnet route leads there"),
    PEER_OFFLINE(40, "the peer, or the subnet router, does not answer at all"),
    ACL_DENIED(41, "the peer is there, but the tailnet's ACLs or its firewall drop the connection"),
    CONNECTION_REFUSED(42, "the target refuses the connection: nothing listens on that port"),
    CONNECT_TIMEOUT(43, "the target does not answer"),
    UNREACHABLE(44, "the target's host or network cannot be reached"),
    UPSTREAM_PROXY(45, "the upstream proxy cannot be reached, or refuses"),
    TOO_MANY_CONNECTIONS(46, "the agent has as many connections as it may"),
    TLS_FAILED(47, "the target does not complete a TLS handshake, or speaks no TLS"),
    CERTIFICATE_EXPIRED(48, "the target's certificate is not valid at this machine's time"),
    CERTIFICATE_NAME(49, "the target's certificate is for other names"),
    CERTIFICATE_UNTRUSTED(50, "the target's certificate is signed by nobody whom this machine trusts"),
    PROXY_VARIABLES(51, "the proxy variables lead programs here past the agent"),
    EXEC_UNAVAILABLE(52, "this system does not let 'exec' work"),

    INTERRUPTED(130, "ended by Ctrl-C; a running agent by the second one");

    private static final int FIRST_OBSTACLE = 20;
    private static final int LAST_OBSTACLE = 59;

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** Returns the constant of a code; {@link #INTERNAL} for an unknown one. */
    public static ExitCode of(int code) {
        return Arrays.stream(values())
                .filter(known -> known.code == code)
                .findFirst()
                .orElse(INTERNAL);
    }

    /** Whether it tells what is in the way of the node or of a connection; only verbs that look for that end with one. */
    public boolean isObstacle() {
        return code >= FIRST_OBSTACLE && code <= LAST_OBSTACLE;
    }

    /** {@code KEY_EXPIRED} as {@code key-expired}: the same in JSON. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The constant of an {@linkplain #id() id}; empty for an unknown one. */
    public static Optional<ExitCode> named(String id) {
        return Arrays.stream(values()).filter(known -> known.id().equals(id)).findFirst();
    }

    public int code() {
        return code;
    }

    /** One line for {@code --help}. */
    public String meaning() {
        return meaning;
    }
}
