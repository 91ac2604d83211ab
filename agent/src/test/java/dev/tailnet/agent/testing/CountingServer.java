package dev.tailnet.agent.testing;

import dev.tailnet.testnet.fixture.TcpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Answers each GET with a page and remembers which paths it was asked for, and how many bytes there were either way. */
public final class CountingServer extends TcpServer {
    private static final byte[] PAGE =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII);

    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    public CountingServer(InetAddress address) {
        super(address, 0);
        serve();
    }

    @Override
    protected void handle(Socket connection) throws IOException {
        for (String head = head(connection.getInputStream());
                !head.isEmpty();
                head = head(connection.getInputStream())) {
            paths.add(head.split(" ", 3)[1]);
            connection.getOutputStream().write(PAGE);
            sent.addAndGet(PAGE.length);
        }
    }

    /** Empty at the end. */
    private String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0) {
            received.incrementAndGet();
            head.write(next);
            if (head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                return head.toString(StandardCharsets.US_ASCII);
            }
            next = in.read();
        }
        return "";
    }

    /** The paths of all requests so far. */
    public List<String> paths() {
        return paths;
    }

    /** Bytes of requests so far. */
    public long received() {
        return received.get();
    }

    /** Bytes of responses so far. */
    public long sent() {
        return sent.get();
    }
}
