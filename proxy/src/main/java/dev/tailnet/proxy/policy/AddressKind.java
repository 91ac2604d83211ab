package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.request.Route;
import java.net.Inet4Address;
import java.net.InetAddress;
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
    BROADCAST("broadcast", " is a broadcast address, to which there are no TCP connections");

    /** Metadata services outside the link-local range: AWS, Google Cloud, Scaleway, Alibaba, Azure, Oracle. */
    private static final Set<InetAddress> METADATA_SERVICES = Set.of(
            InetAddress.ofLiteral("fd00:ec2::254"),
            InetAddress.ofLiteral("fd00:ec2::23"),
            InetAddress.ofLiteral("fd20:ce::254"),
            InetAddress.ofLiteral("fd00:42::42"),
            InetAddress.ofLiteral("100.100.100.200"),
            InetAddress.ofLiteral("168.63.129.16"),
            InetAddress.ofLiteral("192.0.0.192"));

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
        return address.isAnyLocalAddress() ? UNSPECIFIED : ORDINARY;
    }

    /** Whether no way leads there, whatever the route table says. */
    boolean isNoDestination() {
        return switch (this) {
            case ORDINARY, METADATA -> false;
            case LOOPBACK, UNSPECIFIED, LINK_LOCAL, MULTICAST, BROADCAST -> true;
        };
    }

    /** A metadata service is this host's on the direct route; at the end of a subnet route somebody offers it on purpose. */
    boolean mayBeReachedBy(Route route) {
        return switch (this) {
            case ORDINARY -> true;
            case METADATA -> route == Route.TAILNET || route == Route.SUBNET;
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
