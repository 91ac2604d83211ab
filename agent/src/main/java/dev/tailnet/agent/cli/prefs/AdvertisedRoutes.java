package dev.tailnet.agent.cli.prefs;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** The routes that a node offers: those to networks, and the two that make it an exit node. */
public final class AdvertisedRoutes {
    private static final List<String> EXIT = List.of("0.0.0.0/0", "::/0");

    private AdvertisedRoutes() {}

    /**
     * All of them.
     *
     * @throws IllegalArgumentException if one is no network
     */
    public static List<String> of(List<String> networks, boolean isExitNode) {
        var routes = new ArrayList<String>();
        for (var network : networks) {
            check(network);
            if (!routes.contains(network)) {
                routes.add(network);
            }
        }
        var exits = EXIT.stream().filter(routes::contains).count();
        if (exits == 1) {
            throw new IllegalArgumentException("0.0.0.0/0 and ::/0 are offered together or not at all");
        }
        if (isExitNode && exits == 0) {
            routes.addAll(EXIT);
        }
        return routes;
    }

    /** Those to networks. */
    public static List<String> networks(List<String> routes) {
        return routes.stream().filter(route -> !EXIT.contains(route)).toList();
    }

    /** Whether those that make an exit node are among them. */
    public static boolean isExitNode(List<String> routes) {
        return routes.containsAll(EXIT);
    }

    private static void check(String network) {
        var slash = network.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + network + "' is not a network: write 10.0.0.0/8 or fd00::/64");
        }
        byte[] address;
        int bits;
        try {
            address = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
            bits = Integer.parseInt(network.substring(slash + 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + network + "' is not a network: write 10.0.0.0/8 or fd00::/64", e);
        }
        var width = address.length * Byte.SIZE;
        if (bits < 0 || bits > width) {
            throw new IllegalArgumentException("'" + network + "' has a prefix outside 0 to " + width);
        }
        var beyond = new BigInteger(1, address).getLowestSetBit();
        if (beyond >= 0 && beyond < width - bits) {
            throw new IllegalArgumentException("'" + network + "' names a host: bits after the prefix must be 0");
        }
    }
}
