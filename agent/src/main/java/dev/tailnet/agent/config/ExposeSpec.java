package dev.tailnet.agent.config;

import dev.tailnet.proxy.request.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A port of the node that the tailnet may connect to, and the service behind it.
 *
 * @param port 1 to 65535, or {@link #ALL}
 * @param address where the service is; null for this machine, 127.0.0.1 first, then ::1
 * @param targetPort the service's port; that of the connection with {@link #ALL}
 * @param from who may connect, each {@code tag:NAME}, {@code user:LOGIN}, {@code node:NAME}, an address or a network in CIDR
 *     notation; empty for everybody whom the tailnet's rules let
 * @param proxyProtocol whether the service is first told the peer's address by a header of the PROXY protocol, version 2
 */
public record ExposeSpec(
        Protocol protocol,
        int port,
        @Nullable InetAddress address,
        int targetPort,
        List<String> from,
        boolean proxyProtocol) {

    /** Every port that is not exposed by itself and is none of the agent's own. */
    public static final int ALL = 0;

    /** What a port belongs to. */
    public enum Protocol {
        TCP,
        UDP
    }

    public ExposeSpec {
        from = List.copyOf(from);
    }

    /**
     * Reads {@code 3000}, {@code 8765=127.0.0.1:9000}, {@code udp:5353} or {@code all}, each with {@code ,from=...} and
     * {@code ,proxy-protocol} behind it.
     *
     * @throws IllegalArgumentException with what is wrong and what is right
     */
    public static ExposeSpec parse(String text) {
        return ExposeSyntax.parse(text);
    }

    public boolean isAll() {
        return port == ALL;
    }

    /** {@code 3000}, {@code udp:5353}, {@code all}. */
    public String portText() {
        return (protocol == Protocol.UDP ? "udp:" : "") + (isAll() ? "all" : String.valueOf(port));
    }

    /** {@code localhost:3000}, {@code 10.0.0.5:9000}; {@code localhost} for all ports. */
    public String targetText() {
        if (isAll()) {
            return "localhost";
        }
        return address == null ? "localhost:" + targetPort : AddressText.of(new InetSocketAddress(address, targetPort));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        boolean isPlain = isAll() || (address == null && port == targetPort);
        return portText()
                + (isPlain ? "" : "=" + targetText())
                + from.stream().map(peer -> ",from=" + peer).collect(Collectors.joining())
                + (proxyProtocol ? ",proxy-protocol" : "");
    }
}
