package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.policy.rules.Cidr;
import dev.tailnet.proxy.request.Route;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What sort of address it is, as far as a proxy minds. */
enum AddressKind {
    ORDINARY("", ""),
    LOOPBACK(
            "loopback",
            " is this host itself, which the proxy does not lead to: add it to NO_PROXY, so that clients connect to it by"
                    + " themselves"),
    UNSPECIFIED("unspecified", " names no host (RFC 1122, section 3.2.1.3): ask for the host's own address"),
    LINK_LOCAL(
            "link-local",
            " is a link-local address, which means nothing beyond this host's own link and is where clouds keep their"
                    + " metadata: add it to NO_PROXY if clients need it"),
    METADATA(
            "metadata",
            " is a cloud's metadata service, which gives away this host's credentials: add it to NO_PROXY if clients need"
                    + " it"),
    MULTICAST("multicast", " is a multicast address, to which there are no TCP connections"),
    BROADCAST("broadcast", " is a broadcast address, to which there are no TCP connections"),
    TAILNET_RANGE(
            "tailnet-range",
            " is in the range of the tailnet's own addresses (100.64.0.0/10, fd7a:115c:a1e0::/48), which mean something"
                    + " else, or nothing, outside it");

    /** Metadata services outside the link-local range: AWS, Google Cloud, Scaleway, Alibaba, Azure, Oracle. */
    private static final Set<InetAddress> METADATA_SERVICES = Set.of(
            InetAddress.ofLiteral("fd00:ec2::254"),
            InetAddress.ofLiteral("fd00:ec2::23"),
            InetAddress.ofLiteral("fd20:ce::254"),
            InetAddress.ofLiteral("fd00:42::42"),
            InetAddress.ofLiteral("100.100.100.200"),
            InetAddress.ofLiteral("168.63.129.16"),
            InetAddress.ofLiteral("192.0.0.192"));

    /** Of the link-local range: only a rule about nothing else means them. */
    private static final Set<InetAddress> LINK_LOCAL_SERVICES = Set.of(
            InetAddress.ofLiteral("169.254.169.254"),
            InetAddress.ofLiteral("169.254.169.253"),
            InetAddress.ofLiteral("169.254.169.123"),
            InetAddress.ofLiteral("169.254.170.2"),
            InetAddress.ofLiteral("169.254.170.23"),
            InetAddress.ofLiteral("169.254.42.42"));

    private static final List<Cidr> LOOPBACKS = blocks("127.0.0.0/8", "::1");
    private static final List<Cidr> UNSPECIFIEDS = blocks("0.0.0.0/8", "::");
    private static final List<Cidr> LINK_LOCALS = blocks("169.254.0.0/16", "fe80::/10");
    private static final List<Cidr> MULTICASTS = blocks("224.0.0.0/4", "ff00::/8");
    private static final List<Cidr> BROADCASTS = blocks("255.255.255.255");
    private static final List<Cidr> TAILNETS = blocks("100.64.0.0/10", "fd7a:115c:a1e0::/48");
    private static final List<Cidr> PRIVATES =
            blocks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10");

    private final String rule;
    private final String explanation;

    AddressKind(String rule, String explanation) {
        this.rule = rule;
        this.explanation = explanation;
    }

    static AddressKind of(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return LOOPBACK;
        }
        if (address.isMulticastAddress()) {
            return MULTICAST;
        }
        if (address.isLinkLocalAddress()) {
            return LINK_LOCAL;
        }
        if (METADATA_SERVICES.contains(address)) {
            return METADATA;
        }
        if (address instanceof Inet4Address) {
            byte[] bytes = address.getAddress();
            if (bytes[0] == 0) {
                return UNSPECIFIED;
            }
            if ((bytes[0] & bytes[1] & bytes[2] & bytes[3] & 0xff) == 0xff) {
                return BROADCAST;
            }
        }
        if (address.isAnyLocalAddress()) {
            return UNSPECIFIED;
        }
        return isIn(TAILNETS, address) ? TAILNET_RANGE : ORDINARY;
    }

    /** Whether it is of a private network (RFC 1918, RFC 4193; RFC 3879 for what was once). */
    static boolean isPrivate(InetAddress address) {
        return isIn(PRIVATES, address);
    }

    /** Whether a block has nothing but private addresses. */
    static boolean isPrivate(Cidr cidr) {
        return isIn(PRIVATES, cidr);
    }

    /** Whether a rule about a block means an address of this kind in it, and has it not by the way. */
    boolean isMeantBy(Cidr cidr, InetAddress address) {
        if (METADATA_SERVICES.contains(address) || LINK_LOCAL_SERVICES.contains(address)) {
            return cidr.isSingle();
        }
        return switch (this) {
            case ORDINARY, METADATA -> cidr.isSingle();
            case LOOPBACK -> isIn(LOOPBACKS, cidr);
            case UNSPECIFIED -> isIn(UNSPECIFIEDS, cidr);
            case LINK_LOCAL -> isIn(LINK_LOCALS, cidr);
            case MULTICAST -> isIn(MULTICASTS, cidr);
            case BROADCAST -> isIn(BROADCASTS, cidr);
            case TAILNET_RANGE -> false;
        };
    }

    private static boolean isIn(List<Cidr> blocks, InetAddress address) {
        for (Cidr block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIn(List<Cidr> blocks, Cidr cidr) {
        return blocks.stream().anyMatch(block -> block.contains(cidr));
    }

    private static List<Cidr> blocks(String... blocks) {
        return Arrays.stream(blocks).map(Cidr::parse).toList();
    }

    /** Whether no way leads there, whatever the route table says. */
    boolean isNoDestination() {
        return switch (this) {
            case ORDINARY, METADATA, TAILNET_RANGE -> false;
            case LOOPBACK, UNSPECIFIED, LINK_LOCAL, MULTICAST, BROADCAST -> true;
        };
    }

    /**
     * A metadata service is this host's on the direct route; at the end of a subnet route somebody offers it on purpose. So it
     * is with the range of the tailnet, where others have the same addresses (RFC 6598).
     */
    boolean mayBeReachedBy(Route route) {
        return switch (this) {
            case ORDINARY -> true;
            case METADATA, TAILNET_RANGE -> route == Route.TAILNET || route == Route.SUBNET;
            case LOOPBACK, UNSPECIFIED, LINK_LOCAL, MULTICAST, BROADCAST -> false;
        };
    }

    /** The rule's name. */
    String rule() {
        return rule;
    }

    /** Why not, and what then. */
    String explain(String target) {
        return target + explanation;
    }
}
