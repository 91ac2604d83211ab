package dev.tailnet.bridge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection from the tailnet to what this node exposes; for UDP, the datagrams between two ports.
 *
 * @param peer the peer's tailnet address and port
 * @param to what the peer connects to: an address of this node, or one behind a route that it advertises
 * @param service the local service's address; null when it did not come to a dial
 * @param node the full name of the peer's node; empty when the netmap does not know the address
 * @param user the login name of the node's owner; empty for a tagged node, which has none
 * @param tags of the peer's node: {@code tag:ci}
 */
public record InboundFlow(
        Transport transport,
        InetSocketAddress peer,
        InetSocketAddress to,
        @Nullable InetSocketAddress service,
        String node,
        String user,
        List<String> tags) {

    public InboundFlow {
        tags = List.copyOf(tags);
    }

    /** The port that the peer connects to. */
    public int port() {
        return to.getPort();
    }

    /** Reads one as {@code tailnet_expose} describes it. */
    static InboundFlow read(ByteBuffer in) throws UnknownHostException {
        Transport transport = Transport.of(Byte.toUnsignedInt(in.get()));
        InetSocketAddress peer = address(in);
        InetSocketAddress to = address(in);
        InetSocketAddress service = address(in);
        String node = text(in);
        String user = text(in);
        int count = Byte.toUnsignedInt(in.get());
        List<String> tags = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tags.add(text(in));
        }
        return new InboundFlow(transport, peer, to, service.getPort() == 0 ? null : service, node, user, tags);
    }

    private static InetSocketAddress address(ByteBuffer in) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(bytes(in)), Short.toUnsignedInt(in.getShort()));
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[Byte.toUnsignedInt(in.get())];
        in.get(bytes);
        return bytes;
    }
}
