package dev.tailnet.testnet.bench;

import dev.tailnet.testnet.fixture.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/**
 * Does as the first byte of a connection says: {@link #SOURCE} sends without end, {@link #SINK} counts what comes, {@link #HTTP} is a request and gets a page,
 * anything else is
 * sent back like all that follows. One port for all of it, because tailscaled 1.102.5 refuses a connection when the kernel gives it a
 * local port that it uses towards another port.
 */
final class LoadServer extends TcpServer {
    static final byte SOURCE = 'S';
    static final byte SINK = 'K';
    /** GET. */
    static final byte HTTP = 'G';

    static final int PAGE_BYTES = 1024;

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int ECHO_BUFFER_BYTES = 512;

    private final LongAdder received = new LongAdder();

    LoadServer(InetAddress address) {
        super(address, 0);
        serve();
    }

    /** How much all sinks together got so far. */
    long received() {
        return received.sum();
    }

    @Override
    protected void handle(Socket connection) throws IOException {
        int first = connection.getInputStream().read();
        switch (first) {
            case SOURCE -> send(connection);
            case SINK -> receive(connection);
            case HTTP -> serve(connection);
            case -1 -> {}
            default -> echo(connection, first);
        }
    }

    private static void send(Socket connection) throws IOException {
        var out = connection.getOutputStream();
        var zeros = new byte[BUFFER_BYTES];
        while (true) {
            out.write(zeros);
        }
    }

    private void receive(Socket connection) throws IOException {
        var in = connection.getInputStream();
        var buffer = new byte[BUFFER_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            received.add(count);
        }
    }

    private static void serve(Socket connection) throws IOException {
        var in = connection.getInputStream();
        var out = connection.getOutputStream();
        var page = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + PAGE_BYTES + "\r\n\r\n"
                        + "x".repeat(PAGE_BYTES))
                .getBytes(StandardCharsets.US_ASCII);
        var buffer = new byte[ECHO_BUFFER_BYTES];
        int lineFeeds = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            for (int i = 0; i < count; i++) {
                lineFeeds = buffer[i] == '\n' ? lineFeeds + 1 : buffer[i] == '\r' ? lineFeeds : 0;
                if (lineFeeds == 2) {
                    out.write(page);
                    lineFeeds = 0;
                }
            }
        }
    }

    private static void echo(Socket connection, int first) throws IOException {
        var in = connection.getInputStream();
        var out = connection.getOutputStream();
        out.write(first);
        var buffer = new byte[ECHO_BUFFER_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
        }
    }
}
