package dev.tailnet.agent.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plays the endpoints of Tailscale's API that make auth keys, as they are documented; the keys are those of the test's control
 * server, with the tags that were asked for. {@link #front} is the API and the control server at one address, as with Tailscale.
 */
public final class TailscaleApi implements AutoCloseable {
    private static final String BELOW = "/api/v2/";

    private final HttpServer api;
    private final ServerSocket front;
    private final InetSocketAddress control;
    private final Function<List<String>, String> keys;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile int status = 200;

    /** @param keys makes an auth key with these tags */
    public TailscaleApi(URI control, Function<List<String>, String> keys) throws IOException {
        this.control = new InetSocketAddress(control.getHost(), control.getPort());
        this.keys = keys;
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        api = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        api.createContext(BELOW, this::answer);
        api.start();
        front = new ServerSocket(0, 50, loopback);
        Thread.ofVirtual().name("front").start(this::accept);
    }

    /** Where the API is. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + api.getAddress().getPort());
    }

    /** Where the API and the control server are. */
    public URI front() {
        return URI.create("http://127.0.0.1:" + front.getLocalPort());
    }

    /** Answers with an HTTP status from now on, and for anything but 200 with nothing else of use. */
    public void answerWith(int next) {
        status = next;
    }

    /** The paths that were asked for, each with its body. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(path + " " + body);
            String text = status != 200
                    ? "{\"message\":\"the test says no\"}"
                    : path.endsWith("/keys")
                            ? "{\"id\":\"k1\",\"key\":\"" + keys.apply(tags(body)) + "\"}"
                            : "{\"access_token\":\"tskey-api-1\",\"token_type\":\"Bearer\",\"expires_in\":3600}";
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static List<String> tags(String body) {
        JsonNode create = JsonMapper.shared().readTree(body).at("/capabilities/devices/create");
        return create.path("tags").valueStream().map(JsonNode::asString).toList();
    }

    private void accept() {
        while (!front.isClosed()) {
            try {
                Socket client = front.accept();
                Thread.ofVirtual().start(() -> pass(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    /** A client stays with whom its first request is for. */
    private void pass(Socket accepted) {
        try (Socket client = accepted) {
            byte[] start = new byte[4096];
            int read = readLine(client.getInputStream(), start);
            boolean forApi = new String(start, 0, read, StandardCharsets.ISO_8859_1).contains(" " + BELOW);
            InetSocketAddress target = forApi ? api.getAddress() : control;
            try (Socket server = new Socket(target.getAddress(), target.getPort())) {
                server.getOutputStream().write(start, 0, read);
                Thread answers = Thread.ofVirtual().start(() -> copy(server, client));
                copy(client, server);
                answers.join();
            }
        } catch (IOException e) {
            // Either side is gone, and so is this connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int readLine(InputStream in, byte[] into) throws IOException {
        int read = 0;
        while (read < into.length) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            into[read++] = (byte) next;
            if (next == '\n') {
                break;
            }
        }
        return read;
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // Either end has closed: the other copy ends as well.
        }
    }

    @Override
    public void close() throws IOException {
        front.close();
        api.stop(0);
    }
}
