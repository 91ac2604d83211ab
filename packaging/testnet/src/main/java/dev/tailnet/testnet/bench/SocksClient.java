package dev.tailnet.testnet.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Opens tunnels through a SOCKS5 proxy (RFC 1928), blocking, without allocation but the channel. */
final class SocksClient {
    private static final int IPV4 = 1;
    private static final int IPV6 = 4;

    private final InetSocketAddress proxy;
    private final byte[] target;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);

    /** For one thread: tunnels to ports of one IPv4 address. */
    SocksClient(InetSocketAddress proxy, byte[] targetIpv4) {
        this.proxy = proxy;
        this.target = targetIpv4;
    }

    /**
     * Opens a tunnel.
     *
     * @throws IOException if the proxy does not listen, or refuses; the message has its reply code
     */
    SocketChannel open(int port) throws IOException {
        var channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(proxy);
            write(
                    channel,
                    buffer.clear().put((byte) 5).put((byte) 1).put((byte) 0).flip());
            expect(channel, 2);
            write(
                    channel,
                    buffer.clear()
                            .put((byte) 5)
                            .put((byte) 1)
                            .put((byte) 0)
                            .put((byte) IPV4)
                            .put(target)
                            .putShort((short) port)
                            .flip());
            expect(channel, 4);
            if (buffer.get(1) != 0) {
                throw new IOException("the proxy answers with SOCKS5 reply " + buffer.get(1));
            }
            switch (buffer.get(3)) {
                case IPV4 -> expect(channel, 4 + 2);
                case IPV6 -> expect(channel, 16 + 2);
                default -> throw new IOException("the proxy answers with SOCKS5 address type " + buffer.get(3));
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends one byte and waits for one byte. */
    void exchange(SocketChannel channel) throws IOException {
        write(channel, buffer.clear().put((byte) '?').flip());
        expect(channel, 1);
    }

    private void expect(SocketChannel channel, int count) throws IOException {
        buffer.clear().limit(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the proxy closed the connection");
            }
        }
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
