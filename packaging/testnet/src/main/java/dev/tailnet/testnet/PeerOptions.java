package dev.tailnet.testnet;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a peer is started.
 *
 * @param advertiseRoutes the subnet routes it offers in CIDR notation; the default policy approves those of {@link TestAddresses}
 * @param acceptRoutes it uses the subnet routes of others
 * @param tags the tags it gets, such as {@code tag:test}
 * @param ephemeral the control server forgets it when it logs out
 * @param socks5 where it serves tailscaled's SOCKS5 proxy
 * @param http where it serves tailscaled's HTTP proxy
 * @param relaid it runs {@link Binaries#tailscaledRelaid}
 */
public record PeerOptions(
        List<String> advertiseRoutes,
        boolean acceptRoutes,
        List<String> tags,
        boolean ephemeral,
        @Nullable InetSocketAddress socks5,
        @Nullable InetSocketAddress http,
        boolean relaid) {
    public PeerOptions {
        advertiseRoutes = List.copyOf(advertiseRoutes);
        tags = List.copyOf(tags);
    }

    /** A plain node: no routes, no proxies. */
    public static PeerOptions plain() {
        return new PeerOptions(List.of(), false, List.of(), false, null, null, false);
    }

    /** A node in front of the subnet hosts of {@link TestAddresses}. */
    public static PeerOptions subnetRouter() {
        return plain().withAdvertiseRoutes(TestAddresses.SUBNET_IPV4, TestAddresses.SUBNET_IPV6);
    }

    /** A node that others may reach the internet through. */
    public static PeerOptions exitNode() {
        return plain().withAdvertiseRoutes("0.0.0.0/0", "::/0");
    }

    public PeerOptions withAdvertiseRoutes(String... routes) {
        return new PeerOptions(List.of(routes), acceptRoutes, tags, ephemeral, socks5, http, relaid);
    }

    public PeerOptions withAcceptRoutes(boolean value) {
        return new PeerOptions(advertiseRoutes, value, tags, ephemeral, socks5, http, relaid);
    }

    public PeerOptions withTags(String... values) {
        return new PeerOptions(advertiseRoutes, acceptRoutes, List.of(values), ephemeral, socks5, http, relaid);
    }

    public PeerOptions withEphemeral(boolean value) {
        return new PeerOptions(advertiseRoutes, acceptRoutes, tags, value, socks5, http, relaid);
    }

    public PeerOptions withSocks5(InetSocketAddress listen) {
        return new PeerOptions(advertiseRoutes, acceptRoutes, tags, ephemeral, listen, http, relaid);
    }

    public PeerOptions withHttp(InetSocketAddress listen) {
        return new PeerOptions(advertiseRoutes, acceptRoutes, tags, ephemeral, socks5, listen, relaid);
    }

    public PeerOptions withRelaidProgram() {
        return new PeerOptions(advertiseRoutes, acceptRoutes, tags, ephemeral, socks5, http, true);
    }

    /** The same with tailscaled's own SOCKS5 and HTTP proxies on loopback ports that are free now. */
    public PeerOptions withProxies() {
        return new PeerOptions(
                advertiseRoutes, acceptRoutes, tags, ephemeral, Ports.freeTcp(), Ports.freeTcp(), relaid);
    }
}
