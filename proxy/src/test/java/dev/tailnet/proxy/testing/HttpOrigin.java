package dev.tailnet.proxy.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server that sends what a test says, byte by byte, and remembers what it was sent. */
public final class HttpOrigin implements AutoCloseable {
    private final TargetServer server;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    /** What is done with a request. */
    @FunctionalInterface
    public interface Behaviour {
        /** Returns whether the connection stays open for another one. */
        boolean serve(Request request) throws IOException;
    }

    /**
     * A request whose body has not been read.
     *
     * @param head with the empty line
     * @param number of the request on its connection, from 1
     */
    public record Request(String head, int number, InputStream in, OutputStream out, Socket socket) {
        public void respond(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** A response of 200 with this body and its length. */
        public boolean respondOk(String body) throws IOException {
            respond("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            return true;
        }

        public String readText(int length) throws IOException {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the client has gone");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /** Reads the body as the fields say it is framed. */
        public String readBody() throws IOException {
            if (field("Transfer-Encoding").isEmpty()) {
                String length = field("Content-Length");
                return length.isEmpty() ? "" : readText(Integer.parseInt(length));
            }
            var body = new StringBuilder();
            for (int size = readSize(); size > 0; size = readSize()) {
                body.append(readText(size));
                readThrough(in, "\r\n");
            }
            for (String line = readThrough(in, "\r\n"); line.length() > 2; line = readThrough(in, "\r\n")) {
                // A trailer.
            }
            return body.toString();
        }

        private int readSize() throws IOException {
            String line = readThrough(in, "\r\n");
            if (!line.endsWith("\r\n")) {
                throw new EOFException("the client has gone");
            }
            return Integer.parseInt(line.strip(), 16);
        }

        /** Reads on to the end of a chunked body, and returns it as it was sent. */
        public String readChunks() throws IOException {
            return readThrough(in, "0\r\n") + readThrough(in, "\r\n", "\r\n\r\n");
        }

        /** The value of a field; empty when there is none. */
        public String field(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .reduce("", (all, one) -> all.isEmpty() ? one : all + " | " + one);
        }
    }

    private HttpOrigin(Behaviour behaviour) {
        server = TargetServer.start(client -> serve(client, behaviour));
    }

    public static HttpOrigin start(Behaviour behaviour) {
        return new HttpOrigin(behaviour);
    }

    /** One that answers with this body. */
    public static HttpOrigin says(String body) {
        return start(request -> request.respondOk(body));
    }

    public InetSocketAddress address() {
        return server.socketAddress();
    }

    /** The URI of a path. */
    public String uri(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    /**
     * A GET of a path as a client sends it to a proxy.
     *
     * @param fields lines with their ends
     */
    public String get(String path, String... fields) {
        return "GET " + uri(path) + " HTTP/1.1\r\nHost: x\r\n" + String.join("", fields) + "\r\n";
    }

    public String authority() {
        return "127.0.0.1:" + server.port();
    }

    /** The heads of all requests so far, in the order they came. */
    public List<String> heads() {
        return heads;
    }

    /** How many connections there have been. */
    public int connections() {
        return connections.get();
    }

    private void serve(Socket client, Behaviour behaviour) throws IOException {
        connections.incrementAndGet();
        InputStream in = new BufferedInputStream(client.getInputStream());
        for (int number = 1; ; number++) {
            String head = readThrough(in, "\r\n\r\n");
            if (!head.endsWith("\r\n\r\n")) {
                return;
            }
            heads.add(head);
            if (!behaviour.serve(new Request(head, number, in, client.getOutputStream(), client))) {
                return;
            }
        }
    }

    /** Reads up to and with the first of these endings, or the end. */
    private static String readThrough(InputStream in, String... endings) throws IOException {
        var text = new StringBuilder();
        while (List.of(endings).stream().noneMatch(ending -> text.toString().endsWith(ending))) {
            int next = in.read();
            if (next < 0) {
                return text.toString();
            }
            text.append((char) next);
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
