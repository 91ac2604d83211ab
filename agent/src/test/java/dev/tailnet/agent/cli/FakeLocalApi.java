package dev.tailnet.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A LocalAPI that answers what a test told it to, and remembers what it was asked. Streams stay open. */
final class FakeLocalApi implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path socket;
    private final ServerSocketChannel server;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> streams = new CopyOnWriteArrayList<>();

    private FakeLocalApi(Path socket, ServerSocketChannel server) {
        this.socket = socket;
        this.server = server;
    }

    static FakeLocalApi in(Path directory) throws IOException {
        Path socket = directory.resolve(LocalApiClient.SOCKET);
        var api = new FakeLocalApi(
                socket, ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket)));
        Thread.ofPlatform().daemon().start(api::serve);
        return api;
    }

    /** @param request {@code GET status}, {@code POST start} */
    FakeLocalApi answer(String request, int status, String body) {
        String length = "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length;
        answers.put(request, "HTTP/1.0 " + status + " X\r\n" + length + "\r\n\r\n" + body);
        return this;
    }

    /** Notifications that a watcher gets at once; the stream goes on until the test ends it. */
    FakeLocalApi notifications(String... lines) {
        answers.put("GET watch-ipn-bus", "HTTP/1.0 200 OK\r\n\r\n" + String.join("\n", lines) + "\n");
        return this;
    }

    LocalApiClient client() {
        return new LocalApiClient(socket, PATIENCE);
    }

    /** Method, path and body of each request so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void serve() {
        try {
            while (server.isOpen()) {
                answer(server.accept());
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private void answer(SocketChannel connection) throws IOException {
        var received = ByteBuffer.allocate(64 * 1024);
        while (!isWhole(text(received))) {
            if (connection.read(received) < 0) {
                break;
            }
        }
        String[] head = text(received).split("\r\n\r\n", 2);
        String[] line = head[0].split(" ");
        String name = line[0] + " " + line[1].replaceFirst("^/localapi/v0/", "");
        requests.add(head.length > 1 && !head[1].isEmpty() ? name + " " + head[1] : name);
        String key = name.replaceFirst("\\?.*", "");
        String answer = answers.getOrDefault(key, "HTTP/1.0 404 Not Found\r\n\r\n404 page not found");
        if (key.endsWith("watch-ipn-bus") && answer.contains(" 200 ")) {
            streams.add(connection);
            write(connection, answer);
        } else {
            write(connection, answer);
            connection.close();
        }
    }

    private static boolean isWhole(String request) {
        int end = request.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        return request.lines()
                        .filter(line -> line.startsWith("Content-Length: "))
                        .mapToInt(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
                        .findFirst()
                        .orElse(0)
                <= request.substring(end + 4).getBytes(StandardCharsets.UTF_8).length;
    }

    private static void write(SocketChannel connection, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    private static String text(ByteBuffer buffer) {
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    /** Ends what watchers read. */
    void endStreams() {
        streams.forEach(stream -> {
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void close() throws IOException {
        server.close();
        endStreams();
    }
}
