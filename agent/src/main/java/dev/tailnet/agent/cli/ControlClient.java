package dev.tailnet.agent.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Asks the running agent over its control socket: HTTP/1.0, a request and a connection each. On the JDK's own channels,
 * as an HTTP client would cost more time than the answer.
 */
final class ControlClient {
    static final String SOCKET = ControlConnection.SOCKET;

    /** What was asked for is wrong, or something that it needs: 400 and 409. */
    private static final Set<String> REFUSALS = Set.of("400 ", "409 ");

    private static final int BUFFER = 16 * 1024;

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
        return ask("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
    }

    /**
     * Returns the body of the answer to a POST without content.
     *
     * @throws ControlException as {@link #get} does
     */
    String post(String path) throws ControlException {
        return ask("POST " + path + " HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    }

    private String ask(String request) throws ControlException {
        try (var connection = ControlConnection.open(runtimeDir, timeout)) {
            connection.send(request);
            var response = new ByteArrayOutputStream();
            var buffer = ByteBuffer.allocate(BUFFER);
            while (connection.receive(buffer) >= 0) {
                response.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return body(response.toString(StandardCharsets.UTF_8), connection.socket());
        }
    }

    /** The agent's own sentence, if it is one; a page that it does not have has none. */
    private static String reason(String body) {
        return isSentence(body) ? ": " + body.strip() : ". It may be of another version: restart it";
    }

    private static boolean isSentence(String body) {
        return body.strip().lines().count() == 1;
    }

    private static String body(String text, Path socket) throws ControlException {
        var end = text.indexOf("\r\n\r\n");
        var status = text.lines().findFirst().orElse("");
        if (end < 0 || !status.startsWith("HTTP/1.")) {
            throw new ControlException(
                    "what listens on " + socket + " is no tailnet-agent, or it ended while answering");
        }
        var body = text.substring(end + 4);
        var code = status.substring("HTTP/1.x ".length());
        if (REFUSALS.stream().anyMatch(code::startsWith) && isSentence(body)) {
            throw new ControlRefusedException(body.strip());
        }
        if (!code.startsWith("200")) {
            throw new ControlException("the agent at " + socket + " answered: " + status + reason(body));
        }
        return body;
    }
}
