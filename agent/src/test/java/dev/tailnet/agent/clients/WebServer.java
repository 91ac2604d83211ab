package dev.tailnet.agent.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Serves the files of a folder on loopback, and answers a POST or PUT with the number of bytes it got. */
final class WebServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Path root;

    /** @param tls null for plain HTTP */
    WebServer(Path root, @Nullable SSLContext tls) throws IOException {
        this.root = root;
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        if (tls == null) {
            server = HttpServer.create(address, 0);
        } else {
            var secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = secure;
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] sent = exchange.getRequestBody().readAllBytes();
            if (!exchange.getRequestMethod().equals("GET")
                    && !exchange.getRequestMethod().equals("HEAD")) {
                send(exchange, 200, (sent.length + " bytes").getBytes(java.nio.charset.StandardCharsets.UTF_8));
                return;
            }
            Path file = root.resolve("." + exchange.getRequestURI().getPath()).normalize();
            if (Files.isDirectory(file)) {
                file = file.resolve("index.html");
            }
            if (file.startsWith(root) && Files.isRegularFile(file)) {
                exchange.getResponseHeaders().set("Content-Type", type(file));
                send(exchange, 200, Files.readAllBytes(file));
            } else {
                send(exchange, 404, new byte[0]);
            }
        }
    }

    private static String type(Path file) {
        var name = file.getFileName().toString();
        return name.endsWith(".html")
                ? "text/html"
                : name.endsWith(".json") ? "application/json" : "application/octet-stream";
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
