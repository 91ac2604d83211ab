package dev.tailnet.testnet;

import java.net.InetAddress;

/**
 * The fixed addresses of the network namespace that {@code netns/bin/java} makes; all are for documentation (RFC 5737, RFC 3849),
 * so outside that namespace they lead nowhere.
 */
public final class TestAddresses {
    /** A host "behind" a peer that advertises {@link #SUBNET_IPV4}. */
    public static final InetAddress SUBNET_HOST_IPV4 = InetAddress.ofLiteral("192.0.2.10");

    /** A host "behind" a peer that advertises {@link #SUBNET_IPV6}. */
    public static final InetAddress SUBNET_HOST_IPV6 = InetAddress.ofLiteral("2001:db8:10::10");

    /** The route to {@link #SUBNET_HOST_IPV4}. */
    public static final String SUBNET_IPV4 = "192.0.2.0/24";

    /** The route to {@link #SUBNET_HOST_IPV6}. */
    public static final String SUBNET_IPV6 = "2001:db8:10::/64";

    /** The route to {@link #SUBNET_HOST_IPV4} as site 7 of a 4via6 subnet router. */
    public static final String SUBNET_VIA = "fd7a:115c:a1e0:b1a:0:7:c000:200/120";

    /** A host of the internet: no tailnet route leads to it. */
    public static final InetAddress DIRECT_HOST_IPV4 = InetAddress.ofLiteral("198.51.100.10");

    /** A host of the internet: no tailnet route leads to it. */
    public static final InetAddress DIRECT_HOST_IPV6 = InetAddress.ofLiteral("2001:db8:20::10");

    /** A host that never answers: each packet to it vanishes. */
    public static final InetAddress BLACKHOLE = InetAddress.ofLiteral("203.0.113.9");

    /** A host for which connect fails at once with EHOSTUNREACH. */
    public static final InetAddress UNREACHABLE_HOST = InetAddress.ofLiteral("203.0.113.10");

    /** A host for which connect fails at once with ENETUNREACH. */
    public static final InetAddress UNREACHABLE_NETWORK = InetAddress.ofLiteral("203.0.113.11");

    private TestAddresses() {}
}
