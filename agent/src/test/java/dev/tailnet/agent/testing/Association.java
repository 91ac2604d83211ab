package dev.tailnet.agent.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A SOCKS5 UDP association through the agent (RFC 1928, section 7). */
public final class Association implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LARGEST = 65_535;
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final Socket connection;
    private final DatagramSocket socket;
    private final InetSocketAddress relay;

    private Association(Socket connection, DatagramSocket socket, InetSocketAddress relay) {
        this.connection = connection;
        this.socket = socket;
        this.relay = relay;
    }

    /**
     * An answer.
     *
     * @param from where it came from, by its header
     */
    public record Answer(InetSocketAddress from, byte[] payload) {}

    public static Association open(int proxyPort) throws IOException {
        var connection = new Socket(LOOPBACK, proxyPort);
        connection.setSoTimeout(TIMEOUT_MILLIS);
        connection.getOutputStream().write(new byte[] {5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0});
        byte[] replies = new byte[2 + 10];
        new DataInputStream(connection.getInputStream()).readFully(replies);
        ByteBuffer reply = ByteBuffer.wrap(replies, 2, 10);
        if (reply.getInt() != 0x05_00_00_01) {
            throw new IOException("SOCKS reply " + replies[3]);
        }
        byte[] address = new byte[4];
        reply.get(address);
        var relay = new InetSocketAddress(InetAddress.getByAddress(address), Short.toUnsignedInt(reply.getShort()));
        var socket = new DatagramSocket(0, LOOPBACK);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new Association(connection, socket, relay);
    }

    /** Sends to a host by name or by address. */
    public void send(String host, int port, byte[] payload) throws IOException {
        var datagram = new ByteArrayOutputStream();
        datagram.writeBytes(new byte[3]);
        if (host.indexOf(':') >= 0) {
            datagram.write(4);
            datagram.writeBytes(InetAddress.ofLiteral(host).getAddress());
        } else if (Character.isDigit(host.charAt(host.length() - 1))) {
            datagram.write(1);
            datagram.writeBytes(InetAddress.ofLiteral(host).getAddress());
        } else {
            datagram.write(3);
            datagram.write(host.length());
            datagram.writeBytes(host.getBytes(StandardCharsets.US_ASCII));
        }
        datagram.write(port >> 8);
        datagram.write(port);
        datagram.writeBytes(payload);
        socket.send(new DatagramPacket(datagram.toByteArray(), datagram.size(), relay));
    }

    public Answer receive() throws IOException {
        var packet = new DatagramPacket(new byte[LARGEST], LARGEST);
        socket.receive(packet);
        ByteBuffer in = ByteBuffer.wrap(packet.getData(), 3, packet.getLength() - 3);
        byte[] address = new byte[in.get() == 1 ? 4 : 16];
        in.get(address);
        int port = Short.toUnsignedInt(in.getShort());
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new Answer(new InetSocketAddress(InetAddress.getByAddress(address), port), payload);
    }

    /** Sends, and returns the answer; as often as it takes, as datagrams may be lost. */
    public Answer exchange(String host, int port, byte[] payload) throws IOException {
        for (int attempt = 0; ; attempt++) {
            send(host, port, payload);
            try {
                return receive();
            } catch (SocketTimeoutException e) {
                if (attempt == 2) {
                    throw e;
                }
            }
        }
    }

    /** The TCP connection that the association lives with. */
    public Socket connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        connection.close();
        socket.close();
    }
}
