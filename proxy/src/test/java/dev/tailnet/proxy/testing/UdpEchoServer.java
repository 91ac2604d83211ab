package dev.tailnet.proxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends each datagram back to where it came from. */
public final class UdpEchoServer implements AutoCloseable {
    private static final int LARGEST = 65_535;

    private final DatagramSocket socket;
    private final AtomicInteger received = new AtomicInteger();

    public UdpEchoServer(InetAddress address) {
        try {
            socket = new DatagramSocket(0, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serve);
    }

    public UdpEchoServer() {
        this(InetAddress.getLoopbackAddress());
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** How many datagrams have come so far. */
    public int received() {
        return received.get();
    }

    private void serve() {
        byte[] buffer = new byte[LARGEST];
        while (!socket.isClosed()) {
            try {
                var packet = new DatagramPacket(buffer, LARGEST);
                socket.receive(packet);
                received.incrementAndGet();
                socket.send(packet);
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
