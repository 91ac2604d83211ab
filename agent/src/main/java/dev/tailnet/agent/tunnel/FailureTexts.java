package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.Via;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The library's codes in the proxy's terms, with words for the person at the client. */
final class FailureTexts {
    private FailureTexts() {}

    static ConnectFailure dial(Via via, InetSocketAddress remote, Duration timeout, Code code, String message) {
        String target = describe(remote);
        return switch (code) {
            case REFUSED ->
                failure(
                        FailureReason.CONNECTION_REFUSED,
                        target + " refused the connection: nothing listens there, or it listens on another address"
                                + " of that host");
            case DENIED ->
                failure(
                        FailureReason.DENIED_BY_PEER,
                        target + " may not be connected to: " + words(message, "the peer refuses this node"));
            case HOST_UNREACHABLE ->
                failure(
                        FailureReason.HOST_UNREACHABLE,
                        target + " cannot be reached: " + cause(message, "the host does not answer"));
            case NET_UNREACHABLE ->
                failure(
                        FailureReason.NETWORK_UNREACHABLE,
                        "no route leads to " + target + ": " + cause(message, "the network is unreachable"));
            case TIMEOUT ->
                failure(
                        FailureReason.TIMEOUT,
                        target + " did not answer within " + seconds(timeout)
                                + switch (via) {
                                    case TAILNET ->
                                        ": the peer is offline, or a firewall or the tailnet's ACLs drop the connection (a"
                                                + " denied connection gets no answer)";
                                    case DIRECT -> ": the host is down, or a firewall drops the connection";
                                });
            case NOT_OWNED ->
                failure(FailureReason.NOT_ON_TAILNET, "nobody in the tailnet has the address of " + target);
            case NODE_DOWN -> failure(FailureReason.NODE_NOT_READY, "the node is not up: " + message);
            case CANCELLED -> failure(FailureReason.CANCELLED, words(message, "cancelled"));
            case RESOURCES ->
                failure(
                        FailureReason.RESOURCES,
                        "the agent is out of file descriptors, ports or memory: " + words(message, "no details"));
            case OK, NO_SUCH_NAME, RESET, IDLE, RESOLVE_FAILED, INTERNAL, UNKNOWN ->
                failure(FailureReason.INTERNAL, "connecting to " + target + " failed: " + words(message, code.name()));
        };
    }

    static ConnectFailure lookup(String name, Duration timeout, Code code, String message) {
        return switch (code) {
            case TIMEOUT ->
                failure(
                        FailureReason.RESOLUTION_TIMEOUT,
                        "looking up " + name + " got no answer within " + seconds(timeout)
                                + ": check the tailnet's and this machine's DNS servers");
            case NODE_DOWN -> failure(FailureReason.NODE_NOT_READY, "the node is not up: " + message);
            case CANCELLED -> failure(FailureReason.CANCELLED, words(message, "cancelled"));
            case NOT_OWNED -> failure(FailureReason.NOT_ON_TAILNET, name + " is no name of the tailnet");
            case RESOURCES ->
                failure(FailureReason.RESOURCES, "the agent is out of file descriptors or memory: " + message);
            case OK,
                    REFUSED,
                    HOST_UNREACHABLE,
                    NET_UNREACHABLE,
                    NO_SUCH_NAME,
                    RESET,
                    IDLE,
                    RESOLVE_FAILED,
                    DENIED,
                    INTERNAL,
                    UNKNOWN -> failure(FailureReason.RESOLUTION_FAILED, unresolved(name, message));
        };
    }

    private static String unresolved(String name, String message) {
        return message.contains(name)
                ? message
                : "looking up " + name + " failed: " + words(message, "the DNS servers do not answer");
    }

    private static ConnectFailure failure(FailureReason reason, String message) {
        return new ConnectFailure(reason, message);
    }

    private static String words(String message, String otherwise) {
        return message.isEmpty() ? otherwise : message;
    }

    /** The end of Go's chain of errors: what comes before names the target once more. */
    private static String cause(String message, String otherwise) {
        int colon = message.lastIndexOf(": ");
        return colon < 0 ? words(message, otherwise) : message.substring(colon + 2);
    }

    /** {@code db.internal (100.64.0.7:5432)}, or the address alone when it was asked for by address. */
    private static String describe(InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        String endpoint = AddressText.of(remote);
        String host = remote.getHostString();
        return host.equals(AddressText.of(address)) || host.equals(address.getHostAddress())
                ? endpoint
                : host + " (" + endpoint + ")";
    }

    /** What is left of a deadline is seldom round. */
    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1000 ? millis + " ms" : Math.round(millis / 1000.0) + " s";
    }
}
