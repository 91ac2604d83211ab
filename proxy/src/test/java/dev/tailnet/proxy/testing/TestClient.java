package dev.tailnet.proxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that speaks the protocols byte by byte. */
public final class TestClient implements AutoCloseable {
    private static final int PATIENCE_MILLISECONDS = 10_000;

    private final Socket socket;

    private TestClient(Socket socket) {
        this.socket = socket;
    }

    public static TestClient connect(InetSocketAddress proxy) throws IOException {
        var socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLISECONDS);
        socket.connect(proxy, PATIENCE_MILLISECONDS);
        return new TestClient(socket);
    }

    /** The greeting of a client that offers no authentication. */
    public static byte[] socksGreeting() {
        return new byte[] {5, 1, 0};
    }

    /** A CONNECT request by name. */
    public static byte[] socksConnect(String name, int port) {
        byte[] host = name.getBytes(StandardCharsets.UTF_8);
        var request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {5, 1, 0, 3, (byte) host.length});
        request.writeBytes(host);
        request.write(port >> 8);
        request.write(port);
        return request.toByteArray();
    }

    /** A CONNECT request by address. */
    public static byte[] socksConnect(InetAddress address, int port) {
        byte[] bytes = address.getAddress();
        var request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {5, 1, 0, (byte) (bytes.length == 4 ? 1 : 4)});
        request.writeBytes(bytes);
        request.write(port >> 8);
        request.write(port);
        return request.toByteArray();
    }

    /** A CONNECT request of SOCKS4 by address. */
    public static byte[] socks4Connect(InetAddress address, int port) {
        var request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {4, 1, (byte) (port >> 8), (byte) port});
        request.writeBytes(address.getAddress());
        request.writeBytes(new byte[] {'m', 'e', 0});
        return request.toByteArray();
    }

    /** A CONNECT request of SOCKS4a by name. */
    public static byte[] socks4Connect(String name, int port) {
        var request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {4, 1, (byte) (port >> 8), (byte) port, 0, 0, 0, 1, 0});
        request.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        request.write(0);
        return request.toByteArray();
    }

    /** A greeting that offers a password, and a name and password (RFC 1929). */
    public static byte[] socksPassword(String user, String password) {
        byte[] name = user.getBytes(StandardCharsets.UTF_8);
        byte[] secret = password.getBytes(StandardCharsets.UTF_8);
        var request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {5, 1, 2, 1, (byte) name.length});
        request.writeBytes(name);
        request.write(secret.length);
        request.writeBytes(secret);
        return request.toByteArray();
    }

    public static byte[] httpConnect(String authority) {
        return ("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    public Socket socket() {
        return socket;
    }

    public TestClient send(byte[]... messages) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            all.writeBytes(message);
        }
        socket.getOutputStream().write(all.toByteArray());
        return this;
    }

    public TestClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Greets and reads the choice of method. */
    public TestClient greet() throws IOException {
        send(socksGreeting());
        readMethod();
        return this;
    }

    public void readMethod() throws IOException {
        byte[] chosen = read(2);
        if (chosen[0] != 5 || chosen[1] != 0) {
            throw new IOException("the proxy chose method " + chosen[1]);
        }
    }

    /** Opens a tunnel by SOCKS5. */
    public TestClient tunnel(InetSocketAddress target) throws IOException {
        greet().send(socksConnect(target.getAddress(), target.getPort()));
        int code = readReply();
        if (code != 0) {
            throw new IOException("the proxy replied " + code);
        }
        return this;
    }

    /** Reads a SOCKS reply, which has an IPv4 address, and returns its code. */
    public int readReply() throws IOException {
        return read(10)[1];
    }

    /** Reads the head of an HTTP response. */
    public String readHead() throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) read(1)[0]);
        }
        return head.toString();
    }

    public byte[] read(int length) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("the proxy closed after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    public String readText(int length) throws IOException {
        return new String(read(length), StandardCharsets.ISO_8859_1);
    }

    /** All until the other side ends. */
    public byte[] readAll() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    public String readAllText() throws IOException {
        return new String(readAll(), StandardCharsets.ISO_8859_1);
    }

    /** Ends this side, as close does not. */
    public TestClient shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
