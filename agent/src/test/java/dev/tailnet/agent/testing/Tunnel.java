package dev.tailnet.agent.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A tunnel through the agent, from a client that does nothing but what it is told. */
public final class Tunnel implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;

    private Tunnel(Socket socket) {
        this.socket = socket;
    }

    /** The protocol of the handshake. */
    public enum Protocol {
        SOCKS5 {
            @Override
            byte[] request(String host, int port) {
                byte[] name = host.getBytes(StandardCharsets.US_ASCII);
                var out = new ByteArrayOutputStream();
                out.writeBytes(new byte[] {5, 1, 0, 5, 1, 0, 3, (byte) name.length});
                out.writeBytes(name);
                out.write(port >> 8);
                out.write(port);
                return out.toByteArray();
            }

            @Override
            void readReply(DataInputStream in) throws IOException {
                byte[] replies = new byte[2 + 10];
                in.readFully(replies);
                if (replies[1] != 0 || replies[3] != 0 || replies[5] != 1) {
                    throw new IOException("SOCKS reply " + replies[3]);
                }
            }
        },
        HTTP {
            @Override
            byte[] request(String host, int port) {
                String to = host + ":" + port;
                return ("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            }

            @Override
            void readReply(DataInputStream in) throws IOException {
                var reply = new StringBuilder();
                while (reply.indexOf("\r\n\r\n") < 0) {
                    reply.append((char) in.readUnsignedByte());
                }
                if (!reply.toString().startsWith("HTTP/1.1 200")) {
                    throw new IOException("HTTP reply " + reply);
                }
            }
        };

        abstract byte[] request(String host, int port);

        abstract void readReply(DataInputStream in) throws IOException;
    }

    /** Opens a tunnel; the early bytes go out in one packet with the whole handshake. */
    public static Tunnel open(int proxyPort, Protocol protocol, String host, int port, byte... early)
            throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), proxyPort), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            var out = new ByteArrayOutputStream();
            out.writeBytes(protocol.request(host, port));
            out.writeBytes(early);
            socket.getOutputStream().write(out.toByteArray());
            protocol.readReply(new DataInputStream(socket.getInputStream()));
            return new Tunnel(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public Socket socket() {
        return socket;
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

    /** Reads up to the end of what the other side sends. */
    public String receiveAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
