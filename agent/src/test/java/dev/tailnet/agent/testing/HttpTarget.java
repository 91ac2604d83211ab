package dev.tailnet.agent.testing;

import dev.tailnet.testnet.fixture.TcpServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An HTTP/1.1 server on kept connections: GET is answered with a page, {@code GET /bulk/N} with N bytes, and anything with a body
 * with the number of bytes and their sum.
 */
public final class HttpTarget extends TcpServer {
    private static final int BLOCK = 64 * 1024;

    private final String page;

    public HttpTarget(InetAddress address, String page) {
        super(address, 0);
        this.page = page;
        serve();
    }

    @Override
    protected void handle(Socket connection) throws IOException {
        InputStream in = new BufferedInputStream(connection.getInputStream());
        OutputStream out = connection.getOutputStream();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            answer(line, in, out);
        }
    }

    private void answer(String requestLine, InputStream in, OutputStream out) throws IOException {
        long length = 0;
        boolean chunked = false;
        for (String field = readLine(in); !field.isEmpty(); field = readLine(in)) {
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            } else if (lower.equals("transfer-encoding: chunked")) {
                chunked = true;
            } else if (lower.equals("expect: 100-continue")) {
                send(out, "HTTP/1.1 100 Continue\r\n\r\n");
            }
        }
        String target = requestLine.split(" ", -1)[1];
        if (chunked || length > 0) {
            String sum = chunked ? sumOfChunks(in) : new Sum().add(in, length).toString();
            respond(out, sum);
        } else if (target.startsWith("/bulk/")) {
            sendBulk(out, Long.parseLong(target.substring("/bulk/".length())));
        } else {
            respond(out, page);
        }
    }

    private static String sumOfChunks(InputStream in) throws IOException {
        var sum = new Sum();
        for (long size = Long.parseLong(readLine(in), 16); size > 0; size = Long.parseLong(readLine(in), 16)) {
            sum.add(in, size);
            readLine(in);
        }
        for (String trailer = readLine(in); !trailer.isEmpty(); trailer = readLine(in)) {
            sum.trailers++;
        }
        return sum.toString();
    }

    private static void sendBulk(OutputStream out, long bytes) throws IOException {
        send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
        byte[] block = new byte[BLOCK];
        for (long left = bytes; left > 0; left -= Math.min(left, BLOCK)) {
            out.write(block, 0, (int) Math.min(left, BLOCK));
        }
    }

    private static void respond(OutputStream out, String body) throws IOException {
        send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Empty at the end. */
    private static String readLine(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** What {@link #sumOf} is of bytes that come piece by piece. */
    private static final class Sum {
        private long bytes;
        private long sum;
        private int trailers;

        Sum add(InputStream in, long length) throws IOException {
            byte[] block = new byte[BLOCK];
            for (long left = length; left > 0; ) {
                int count = in.read(block, 0, (int) Math.min(left, BLOCK));
                if (count < 0) {
                    throw new EOFException("the body ends early");
                }
                for (int i = 0; i < count; i++) {
                    sum = sum * 31 + block[i];
                }
                bytes += count;
                left -= count;
            }
            return this;
        }

        @Override
        public String toString() {
            return bytes + " bytes, sum " + Long.toHexString(sum) + ", trailers " + trailers;
        }
    }

    /** What the server answers to a body of these bytes. */
    public static String sumOf(byte[] body, int trailers) {
        try {
            Sum sum = new Sum().add(new ByteArrayInputStream(body), body.length);
            sum.trailers = trailers;
            return sum.toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
