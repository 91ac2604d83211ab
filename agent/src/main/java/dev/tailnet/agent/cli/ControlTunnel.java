package dev.tailnet.agent.cli;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A tunnel through the running agent: its control socket after a CONNECT (RFC 9110, section 9.3.6).
 *
 * @param channel in blocking mode
 * @param early the first bytes from the target, which came with the agent's answer
 */
record ControlTunnel(SocketChannel channel, ByteBuffer early) {
    private static final int MAX_ANSWER = 16 * 1024;
    private static final String WHO = Program.NAME + ": ";
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.. ([1-5][0-9]{2})");

    /** The first parameter of the agent's own member in Proxy-Status (RFC 9209). */
    private static final Pattern ERROR = Pattern.compile("(?im)^proxy-status: *" + Program.NAME + "; error=([a-z_]+)");

    /**
     * Opens one.
     *
     * @param target {@code host:port}
     * @param timeout more than the agent takes for its own timeouts
     * @throws ControlException if there is no agent, or it does not answer
     * @throws TunnelException with the agent's reason why there is no tunnel
     */
    static ControlTunnel open(Path runtimeDir, String target, Duration timeout)
            throws ControlException, TunnelException {
        var connection = ControlConnection.open(runtimeDir, timeout);
        var isTunnel = false;
        try {
            connection.send("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
            var answer = ByteBuffer.allocate(MAX_ANSWER);
            var end = -1;
            while (end < 0 && answer.hasRemaining() && connection.receive(answer) >= 0) {
                end = text(answer).indexOf("\r\n\r\n");
            }
            if (end < 0 || !text(answer).startsWith("HTTP/1.")) {
                throw new ControlException(
                        "what listens on " + connection.socket() + " is no tailnet-agent, or it ended while answering");
            }
            if (!text(answer).startsWith("200", "HTTP/1.x ".length())) {
                while (answer.hasRemaining() && connection.receive(answer) >= 0) {
                    // The reason is the body, which ends with the connection.
                }
                throw refused(text(answer), end);
            }
            var tunnel = new ControlTunnel(connection.release(), answer.flip().position(end + 4));
            isTunnel = true;
            return tunnel;
        } finally {
            if (!isTunnel) {
                connection.close();
            }
        }
    }

    private static String text(ByteBuffer answer) {
        return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }

    private static TunnelException refused(String answer, int endOfHead) {
        var status = STATUS.matcher(answer);
        var error = ERROR.matcher(answer.substring(0, endOfHead));
        return new TunnelException(
                status.lookingAt() ? Integer.parseInt(status.group(1)) : 0,
                error.find() ? error.group(1) : "",
                reason(answer, endOfHead));
    }

    /** The agent's sentence, or its status when it has none. */
    private static String reason(String answer, int endOfHead) {
        var body = answer.substring(endOfHead + 4).strip();
        if (body.isEmpty()) {
            return "the agent answered: " + answer.lines().findFirst().orElse("");
        }
        return body.startsWith(WHO) ? body.substring(WHO.length()) : body;
    }
}
