package dev.tailnet.proxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of a UDP association, byte by byte. */
public final class UdpClient implements AutoCloseable {
    private static final int PATIENCE_MILLISECONDS = 10_000;
    private static final int SILENCE_MILLISECONDS = 200;
    private static final int LARGEST = 65_535;

    private final TestClient tcp;
    private final DatagramSocket socket;
    private final InetSocketAddress relay;

    private UdpClient(TestClient tcp, DatagramSocket socket, InetSocketAddress relay) {
        this.tcp = tcp;
        this.socket = socket;
        this.relay = relay;
    }

    /**
     * An answer.
     *
     * @param from what its header says
     */
    public record Answer(InetSocketAddress from, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** Associates without saying where it will send from. */
    public static UdpClient associate(InetSocketAddress proxy) throws IOException {
        return associate(proxy, new DatagramSocket(0, proxy.getAddress()), new byte[] {1, 0, 0, 0, 0, 0, 0});
    }

    /** @param announced ATYP, address and port of the request */
    public static UdpClient associate(InetSocketAddress proxy, DatagramSocket socket, byte[] announced)
            throws IOException {
        socket.setSoTimeout(PATIENCE_MILLISECONDS);
        TestClient tcp = TestClient.connect(proxy).greet().send(new byte[] {5, 3, 0}, announced);
        byte[] head = tcp.read(4);
        if (head[1] != 0) {
            throw new IOException("the proxy replied " + head[1]);
        }
        byte[] address = tcp.read(head[3] == 1 ? 4 : 16);
        int port = Short.toUnsignedInt(ByteBuffer.wrap(tcp.read(2)).getShort());
        return new UdpClient(tcp, socket, new InetSocketAddress(InetAddress.getByAddress(address), port));
    }

    public TestClient tcp() {
        return tcp;
    }

    /** Where the datagrams go to. */
    public InetSocketAddress relay() {
        return relay;
    }

    public int port() {
        return socket.getLocalPort();
    }

    public UdpClient send(InetSocketAddress target, byte[] payload) throws IOException {
        byte[] address = target.getAddress().getAddress();
        return send(address.length == 4 ? 1 : 4, address, target.getPort(), payload);
    }

    public UdpClient send(InetSocketAddress target, String payload) throws IOException {
        return send(target, payload.getBytes(StandardCharsets.UTF_8));
    }

    public UdpClient send(String name, int port, String payload) throws IOException {
        byte[] host = name.getBytes(StandardCharsets.UTF_8);
        byte[] counted = ByteBuffer.allocate(host.length + 1)
                .put((byte) host.length)
                .put(host)
                .array();
        return send(3, counted, port, payload.getBytes(StandardCharsets.UTF_8));
    }

    private UdpClient send(int type, byte[] address, int port, byte[] payload) throws IOException {
        var datagram = new ByteArrayOutputStream();
        datagram.writeBytes(new byte[] {0, 0, 0, (byte) type});
        datagram.writeBytes(address);
        datagram.write(port >> 8);
        datagram.write(port);
        datagram.writeBytes(payload);
        return sendRaw(datagram.toByteArray());
    }

    /** Sends a datagram as it is, header and all. */
    public UdpClient sendRaw(byte[] datagram) throws IOException {
        socket.send(new DatagramPacket(datagram, datagram.length, relay));
        return this;
    }

    public Answer receive() throws IOException {
        var packet = new DatagramPacket(new byte[LARGEST], LARGEST);
        socket.receive(packet);
        ByteBuffer in = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
        if (in.getShort() != 0 || in.get() != 0) {
            throw new IOException("the header begins with something else than zeros");
        }
        byte[] address = new byte[in.get() == 1 ? 4 : 16];
        in.get(address);
        var from = new InetSocketAddress(InetAddress.getByAddress(address), Short.toUnsignedInt(in.getShort()));
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new Answer(from, payload);
    }

    /** Whether nothing comes for a while. */
    public boolean hearsNothing() throws IOException {
        socket.setSoTimeout(SILENCE_MILLISECONDS);
        try {
            receive();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLISECONDS);
        }
    }

    @Override
    public void close() throws IOException {
        tcp.close();
        socket.close();
    }
}
