package dev.tailnet.bridge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A connection from the tailnet to what this node exposes; for UDP, the datagrams between two ports.
 *
 * @param peer the peer's tailnet address and port
 * @param port the port of this node
 * @param service the local service's address; null when it did not come to a dial
 * @param node the full name of the peer's node; empty when the netmap does not know the address
 */
public record InboundFlow(
        Transport transport,
        InetSocketAddress peer,
        int port,
        @Nullable InetSocketAddress service,
        String node) {

    /** Reads one as {@code tailnet_expose} describes it. */
    static InboundFlow read(ByteBuffer in) throws UnknownHostException {
        Transport transport = Transport.of(Byte.toUnsignedInt(in.get()));
        InetSocketAddress peer = address(in);
        int port = Short.toUnsignedInt(in.getShort());
        InetSocketAddress service = address(in);
        byte[] node = new byte[Byte.toUnsignedInt(in.get())];
        in.get(node);
        return new InboundFlow(
                transport,
                peer,
                port,
                service.getPort() == 0 ? null : service,
                new String(node, StandardCharsets.UTF_8));
    }

    private static InetSocketAddress address(ByteBuffer in) throws UnknownHostException {
        byte[] raw = new byte[Byte.toUnsignedInt(in.get())];
        in.get(raw);
        return new InetSocketAddress(InetAddress.getByAddress(raw), Short.toUnsignedInt(in.getShort()));
    }
}
