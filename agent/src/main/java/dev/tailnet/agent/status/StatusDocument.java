package dev.tailnet.agent.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tailnet.agent.node.Preferences;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /status}; the component names are the JSON keys. Keys are added, never renamed or removed. A
 * value that is not known is null, and its key is there.
 *
 * @param state {@code starting}, {@code needs-login}, {@code needs-approval}, {@code running}, {@code stopped}, {@code
 *     failed}
 * @param reason why the node is not running, with the fix; empty when it is
 * @param cause the same for programs: {@code key-expired} and the like, an id of {@code docs/check.md}; null when there is none, or
 *     none that is known yet
 * @param name the node's name in the tailnet, the first label of {@code dnsName}; null before the first login
 * @param hostname the name the node asks for
 * @param dnsName the MagicDNS name, without a trailing dot
 * @param addresses the node's tailnet addresses
 * @param tags the node's ACL tags
 * @param keyExpiry when the node has to log in again; null when never
 * @param controlServer the control server's URL
 * @param derpHome the code of the DERP region through which the node is reached
 * @param peers the other nodes, by name
 * @param listeners where the agent listens, with the ports it got
 * @param exposed what the tailnet may connect to
 * @param audit how the audit log fares; null when there is none
 * @param uptimeSeconds since the agent started
 * @param warnings what the node's health checks complain about, and what this answer lacks
 * @param loginUrl where a person can log the node in; null while that is not asked for
 * @param preferences what the node is set to do now; null until it has said so
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record StatusDocument(
        String state,
        String reason,
        @Nullable String cause,
        @Nullable String name,
        String hostname,
        @Nullable String dnsName,
        List<String> addresses,
        List<String> tags,
        @Nullable Instant keyExpiry,
        String controlServer,
        @Nullable String derpHome,
        List<Peer> peers,
        List<Listener> listeners,
        Connections connections,
        List<Exposed> exposed,
        Inbound inbound,
        @Nullable Audit audit,
        long uptimeSeconds,
        Version version,
        List<String> warnings,
        @Nullable String loginUrl,
        @Nullable Preferences preferences) {

    public StatusDocument {
        addresses = List.copyOf(addresses);
        tags = List.copyOf(tags);
        peers = List.copyOf(peers);
        listeners = List.copyOf(listeners);
        exposed = List.copyOf(exposed);
        warnings = List.copyOf(warnings);
    }

    /**
     * Another node of the tailnet.
     *
     * @param path {@code direct IP:PORT}, {@code peer relay IP:PORT:vni:N}, {@code derp REGION}, or {@code idle} when there has been no traffic
     * @param lastSeen when the control server last saw it; null when it is online or was never seen
     * @param rxBytes received from it since the agent started
     * @param txBytes sent to it since the agent started
     */
    public record Peer(
            String name,
            String dnsName,
            List<String> addresses,
            boolean online,
            String os,
            String path,
            @Nullable Instant lastSeen,
            long rxBytes,
            long txBytes) {
        public Peer {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * @param kind {@code mixed} (SOCKS5 and HTTP), {@code socks5}, {@code http}, {@code status}, {@code control}, {@code localapi}, {@code
     *     forward}, {@code forward-udp}
     * @param address {@code host:port}, an IPv6 address in brackets; a path for {@code control}
     * @param target where a forward leads, {@code host:port}; null for the others
     */
    public record Listener(
            String kind, String address, @Nullable String target) {}

    /**
     * The proxies' connections.
     *
     * @param accepted since the start
     * @param rejected since the start, because there were too many
     * @param handshaking now, before their request is complete
     * @param waiting now, for the node, a lookup or a dial
     * @param exchanging now, clients whose HTTP requests are passed on one by one
     * @param tunnels now open
     * @param bytesUp from clients, since the start
     * @param bytesDown to clients, since the start
     */
    public record Connections(
            long accepted,
            long rejected,
            int handshaking,
            int waiting,
            int exchanging,
            int tunnels,
            long bytesUp,
            long bytesDown) {}

    /**
     * A port of the node that the tailnet may connect to.
     *
     * @param port {@code 3000}, {@code udp:5353}, {@code all}
     * @param target the local service, {@code host:port}; {@code localhost} for all ports
     * @param from who may; empty for everybody whom the tailnet's rules let
     * @param proxyProtocol whether the service is told the peer's address
     */
    public record Exposed(String port, String target, List<String> from, boolean proxyProtocol) {
        public Exposed {
            from = List.copyOf(from);
        }
    }

    /**
     * Connections from the tailnet to what is exposed.
     *
     * @param open now
     * @param accepted since the start
     * @param refused since the start, because the peer may not or the service is not there
     * @param bytesUp from peers, since the start
     * @param bytesDown to peers, since the start
     */
    public record Inbound(int open, long accepted, long refused, long bytesUp, long bytesDown) {}

    /**
     * The audit log.
     *
     * @param log a file, {@code stdout}, {@code journald} or {@code unix:PATH}
     * @param written lines, since the start
     * @param lost lines, since the start, because they could not be written for too long
     * @param waiting lines now
     * @param trouble why lines cannot be written now; empty when they can
     */
    public record Audit(String log, long written, long lost, int waiting, String trouble) {}

    /**
     * @param tailscale the library's version; null until it is loaded
     */
    public record Version(String agent, @Nullable String tailscale, String java) {}
}
