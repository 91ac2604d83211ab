package dev.tailnet.agent.config;

import dev.tailnet.proxy.request.AddressText;
import java.net.InetAddress;
import java.util.regex.Pattern;

/** Reads networks that can be advertised to a tailnet. */
final class Networks {
    private static final Pattern CIDR = Pattern.compile("([0-9A-Fa-f.:]{2,45})/([0-9]{1,3})");

    private Networks() {}

    /** A network as {@code tailscale up --advertise-routes} takes it: no bits may be set after the prefix. */
    static String route(String text) {
        var parts = CIDR.matcher(text);
        if (!parts.matches()) {
            throw malformed(text);
        }
        byte[] address;
        try {
            address = InetAddress.ofLiteral(parts.group(1)).getAddress();
        } catch (IllegalArgumentException e) {
            throw malformed(text);
        }
        var bits = Integer.parseInt(parts.group(2));
        if (bits > address.length * 8) {
            throw malformed(text);
        }
        if (bits == 0) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' would make this node an exit node, which it cannot be: tailscaled can (--advertise-exit-node)");
        }
        var network = network(address, bits);
        if (!network.equals(address(address))) {
            throw new IllegalArgumentException(
                    "'" + text + "' has bits set beyond its prefix: write " + AddressText.of(network) + "/" + bits);
        }
        if (network.isLoopbackAddress() || network.isLinkLocalAddress() || network.isMulticastAddress()) {
            throw new IllegalArgumentException("'" + text + "' means this host or this link only");
        }
        return text;
    }

    private static InetAddress network(byte[] address, int bits) {
        var masked = address.clone();
        for (var i = 0; i < masked.length; i++) {
            var kept = Math.clamp(bits - i * 8L, 0, 8);
            masked[i] &= (byte) (0xff << (8 - kept));
        }
        return address(masked);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("'" + text + "' is not a network: write 10.0.0.0/8 or fd00::/64");
    }
}
