package dev.tailnet.testnet.training;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * What programs ask of an agent: a tailnet host by SOCKS5, CONNECT and plain HTTP, each by name, and the status endpoint.
 *
 * @param proxy where the agent speaks SOCKS5 and HTTP
 * @param status where it tells about itself
 */
record Clients(InetSocketAddress proxy, InetSocketAddress status) {
    private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(60).toMillis();
    private static final int TIMES = 20;

    /** Asks all of it some times, so that what a later connection loads is seen too. */
    void use(String host, int port) throws IOException {
        for (int i = 0; i < TIMES; i++) {
            page(new Proxy(Proxy.Type.SOCKS, proxy), "http://%s:%d/".formatted(host, port));
            page(new Proxy(Proxy.Type.HTTP, proxy), "http://%s:%d/".formatted(host, port));
            connect("%s:%d".formatted(host, port));
            for (var path : List.of("/status", "/readyz", "/metrics", "/proxy.pac")) {
                page(Proxy.NO_PROXY, "http://127.0.0.1:" + status.getPort() + path);
            }
        }
    }

    private static void page(Proxy through, String url) throws IOException {
        var connection = URI.create(url).toURL().openConnection(through);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (InputStream body = connection.getInputStream()) {
            if (body.readAllBytes().length == 0) {
                throw new IOException("nothing came from " + url + " through " + through);
            }
        }
    }

    private void connect(String target) throws IOException {
        try (var socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(proxy, TIMEOUT_MILLIS);
            var request = "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(target);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            if (!answer.equals("HTTP/1.1 200")) {
                throw new IOException("CONNECT " + target + " was answered with " + answer);
            }
        }
    }
}
