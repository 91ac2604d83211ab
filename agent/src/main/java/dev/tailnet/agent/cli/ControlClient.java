package dev.tailnet.agent.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks the running agent over its control socket: HTTP/1.0, a request and a connection each. On the JDK's own channels,
 * as an HTTP client would cost more time than the answer.
 */
final class ControlClient {
    static final String SOCKET = "agent.sock";

    private final Path runtimeDir;
    private final Duration timeout;

    ControlClient(Path runtimeDir, Duration timeout) {
        this.runtimeDir = runtimeDir;
        this.timeout = timeout;
    }

    /**
     * Returns the body of a GET.
     *
     * @throws ControlException if there is no agent, no answer in time, or one that is not 200
     */
    String get(String path) throws ControlException {
        var socket = runtimeDir.resolve(SOCKET);
        if (!Files.exists(socket)) {
            throw noAgent(null);
        }
        byte[] response;
        try {
            response = exchange(socket, path);
        } catch (ConnectException e) {
            throw noAgent(e);
        } catch (IOException e) {
            throw new ControlException(
                    "the agent at " + socket + " cannot be asked: " + reason(e)
                            + ". Run this as the user the agent runs as",
                    e);
        }
        return body(response, socket);
    }

    private byte[] exchange(Path socket, String path) throws IOException, ControlException {
        var deadline = System.nanoTime() + timeout.toNanos();
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                var selector = Selector.open()) {
            channel.configureBlocking(false);
            var key = channel.register(selector, SelectionKey.OP_WRITE);
            var request = ByteBuffer.wrap(
                    ("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            while (channel.write(request) >= 0 && request.hasRemaining()) {
                await(selector, deadline, socket);
            }
            key.interestOps(SelectionKey.OP_READ);
            var response = new ByteArrayOutputStream();
            var buffer = ByteBuffer.allocate(16 * 1024);
            int read;
            while ((read = channel.read(buffer)) >= 0) {
                if (read == 0) {
                    await(selector, deadline, socket);
                }
                response.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return response.toByteArray();
        }
    }

    private void await(Selector selector, long deadline, Path socket) throws IOException, ControlException {
        var millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new ControlException("the agent at " + socket + " did not answer within " + timeout.toMillis()
                    + " ms. If it hangs, kill it and look at its log");
        }
        selector.select(millis);
        selector.selectedKeys().clear();
    }

    private static String body(byte[] response, Path socket) throws ControlException {
        var text = new String(response, StandardCharsets.UTF_8);
        var end = text.indexOf("\r\n\r\n");
        var status = text.lines().findFirst().orElse("");
        if (end < 0 || !status.startsWith("HTTP/1.")) {
            throw new ControlException(
                    "what listens on " + socket + " is no tailnet-agent, or it ended while answering");
        }
        if (!status.startsWith("200", "HTTP/1.x ".length())) {
            throw new ControlException(
                    "the agent at " + socket + " answered: " + status + ". It may be of another version: restart it");
        }
        return text.substring(end + 4);
    }

    private ControlException noAgent(@Nullable ConnectException cause) {
        var message = "no agent is running in " + runtimeDir
                + ". Start one with 'tailnet-agent run', or name its directory with --runtime-dir";
        return cause == null ? new ControlException(message) : new ControlException(message, cause);
    }

    private static String reason(IOException e) {
        var message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
