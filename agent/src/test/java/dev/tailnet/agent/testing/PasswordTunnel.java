package dev.tailnet.agent.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A tunnel by SOCKS5 with a user name and password. */
public final class PasswordTunnel implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;

    private PasswordTunnel(Socket socket) {
        this.socket = socket;
    }

    /** @throws IOException with the code of the reply when it is none of success */
    public static PasswordTunnel open(int proxyPort, String user, String password, InetSocketAddress target)
            throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), proxyPort), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(handshake(user, password, target));
            byte[] replies = new byte[2 + 2 + 10];
            new DataInputStream(socket.getInputStream()).readFully(replies);
            if (replies[1] != 2 || replies[3] != 0 || replies[5] != 0) {
                throw new IOException("SOCKS reply " + replies[5]);
            }
            return new PasswordTunnel(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static byte[] handshake(String user, String password, InetSocketAddress target) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {5, 1, 2, 1});
        for (String text : new String[] {user, password}) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        out.writeBytes(new byte[] {5, 1, 0, 1});
        out.writeBytes(target.getAddress().getAddress());
        out.write(target.getPort() >> 8);
        out.write(target.getPort());
        return out.toByteArray();
    }

    public void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads exactly that many bytes. */
    public String receive(int length) throws IOException {
        byte[] bytes = new byte[length];
        new DataInputStream(socket.getInputStream()).readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
