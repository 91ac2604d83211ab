package dev.tailnet.agent.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Speaks to the node's LocalAPI over the agent's {@code tailscaled.sock}: HTTP/1.0, a request and a connection each, on the JDK's
 * own channels. Paths are what follows {@code /localapi/v0/}, as in {@code status?peers=false}.
 *
 * <p>Every method throws a {@link ControlException} when there is no agent or no answer in time, and a {@link
 * LocalApiException} when the answer is not of the 200s.
 */
final class LocalApiClient {
    static final String SOCKET = "tailscaled.sock";

    private static final String PREFIX = "/localapi/v0/";

    /** The one name that the LocalAPI answers to. */
    private static final String HOST = "local-tailscaled.sock";

    private final Path socket;
    private final Duration timeout;

    /** @param timeout for an answer as a whole; {@link ControlConnection#UNLIMITED} for none */
    LocalApiClient(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    /** The same with another deadline. */
    LocalApiClient within(Duration other) {
        return new LocalApiClient(socket, other);
    }

    Path socket() {
        return socket;
    }

    /** Returns the body of a GET. */
    String get(String path) throws ControlException {
        return exchange("GET", path, "");
    }

    /** Returns the body of the answer to a POST, which may be empty. */
    String post(String path, String body) throws ControlException {
        return exchange("POST", path, body);
    }

    /** Returns the body of the answer to a PATCH. */
    String patch(String path, String body) throws ControlException {
        return exchange("PATCH", path, body);
    }

    /**
     * Begins to watch the node's notifications.
     *
     * @param mask of {@code ipn.NotifyWatchOpt}; 0 for what happens from now on
     */
    NotificationStream watch(int mask) throws ControlException {
        var connection = ControlConnection.to(socket, timeout);
        try {
            connection.send(request("GET", "watch-ipn-bus?mask=" + mask, ""));
            var answer = LocalApiAnswer.read(connection, socket);
            if (!answer.isSuccess()) {
                throw failure(answer.status(), answer.readBody());
            }
            return new NotificationStream(connection, answer);
        } catch (ControlException e) {
            connection.close();
            throw e;
        }
    }

    private String exchange(String method, String path, String body) throws ControlException {
        try (var connection = ControlConnection.to(socket, timeout)) {
            connection.send(request(method, path, body));
            var answer = LocalApiAnswer.read(connection, socket);
            var text = answer.readBody();
            if (!answer.isSuccess()) {
                throw failure(answer.status(), text);
            }
            return text;
        }
    }

    private static String request(String method, String path, String body) {
        var head = method + " " + PREFIX + path + " HTTP/1.0\r\nHost: " + HOST + "\r\n";
        if (method.equals("GET")) {
            return head + "\r\n";
        }
        return head + "Content-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    private LocalApiException failure(int status, String body) {
        var words = words(body);
        return switch (status) {
            case 403 ->
                new LocalApiException(
                        status,
                        "not allowed" + (words.isEmpty() ? "" : " (" + words + ")") + ": root, the user that the agent"
                                + " runs as and its operator may change the node. Run this as one of them, or start the"
                                + " agent with --operator=" + System.getProperty("user.name", "USER"));
            case 404 ->
                new LocalApiException(
                        status, "the agent at " + socket + " does not know this request; it may be of another version");
            default ->
                new LocalApiException(status, words.isEmpty() ? "the node answered with status " + status : words);
        };
    }

    /** What the LocalAPI says of a failure, which some of its handlers wrap in JSON. */
    private static String words(String body) {
        var text = body.strip();
        if (text.startsWith("{")) {
            try {
                var json = Json.parse(text);
                return json.text("error").or(() -> json.text("Error")).orElse(text);
            } catch (ControlException e) {
                return text;
            }
        }
        return text;
    }
}
