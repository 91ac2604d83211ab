package dev.tailnet.agent.testing;

import dev.tailnet.testnet.fixture.TcpServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Sends text messages of a WebSocket (RFC 6455) back: one unfragmented frame each, at most 125 bytes long. */
public final class WebSocketEchoServer extends TcpServer {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;

    public WebSocketEchoServer(InetAddress address) {
        super(address, 0);
        serve();
    }

    @Override
    protected void handle(Socket connection) throws IOException {
        var in = new DataInputStream(connection.getInputStream());
        var out = connection.getOutputStream();
        upgrade(in, out);
        while (true) {
            int head = in.readUnsignedByte();
            int length = in.readUnsignedByte() & 0x7f;
            byte[] mask = new byte[4];
            in.readFully(mask);
            byte[] payload = new byte[length];
            in.readFully(payload);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i % 4];
            }
            if (head != TEXT && head != CLOSE) {
                throw new IOException("frame " + head);
            }
            out.write(head);
            out.write(length);
            out.write(payload);
            if (head == CLOSE) {
                return;
            }
        }
    }

    private static void upgrade(DataInputStream in, OutputStream out) throws IOException {
        var request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) in.readUnsignedByte());
        }
        String key = request.toString()
                .lines()
                .filter(line -> line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18))
                .map(line -> line.substring(18).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("no WebSocket: " + request));
        out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
