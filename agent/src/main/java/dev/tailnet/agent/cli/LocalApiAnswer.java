package dev.tailnet.agent.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** An HTTP/1.0 answer, whose body lasts until the connection ends. */
final class LocalApiAnswer {
    private static final int BUFFER = 16 * 1024;
    private static final int MAX_HEAD = 64 * 1024;
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String LENGTH = "content-length:";

    private final ControlConnection connection;
    private final Path socket;
    private final int status;
    private final long length;
    private final ByteBuffer early;

    private LocalApiAnswer(ControlConnection connection, Path socket, String head, ByteBuffer early)
            throws ControlException {
        this.connection = connection;
        this.socket = socket;
        this.early = early;
        try {
            this.status = Integer.parseInt(head.substring("HTTP/1.x ".length(), "HTTP/1.x 200".length()));
            this.length = head.lines()
                    .map(line -> line.toLowerCase(Locale.ROOT))
                    .filter(line -> line.startsWith(LENGTH))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(LENGTH.length()).strip()))
                    .findFirst()
                    .orElse(-1);
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw noAgent(socket);
        }
    }

    /** Waits for the head. */
    static LocalApiAnswer read(ControlConnection connection, Path socket) throws ControlException {
        var received = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(BUFFER);
        while (received.size() < MAX_HEAD && connection.receive(buffer) >= 0) {
            received.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            // A byte a character, so that indexes into the text are indexes into the bytes.
            var text = received.toString(StandardCharsets.ISO_8859_1);
            var end = text.indexOf(END_OF_HEAD);
            if (end >= 0 && text.startsWith("HTTP/1.")) {
                var body = end + END_OF_HEAD.length();
                var early = ByteBuffer.wrap(received.toByteArray(), body, received.size() - body);
                return new LocalApiAnswer(connection, socket, text.substring(0, end), early);
            }
        }
        throw noAgent(socket);
    }

    int status() {
        return status;
    }

    boolean isSuccess() {
        return status / 100 == 2;
    }

    /** Waits for the end, and returns what came until then. */
    String readBody() throws ControlException {
        var body = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(BUFFER);
        while (receive(buffer) >= 0) {
            body.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        if (length >= 0 && body.size() < length) {
            throw new ControlException("the agent at " + socket + " ended while answering; its log may say why");
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    /**
     * Waits for bytes of the body.
     *
     * @return how many; -1 at the end
     */
    int receive(ByteBuffer buffer) throws ControlException {
        if (!early.hasRemaining()) {
            return connection.receive(buffer);
        }
        var count = Math.min(early.remaining(), buffer.remaining());
        buffer.put(early.slice(early.position(), count));
        early.position(early.position() + count);
        return count;
    }

    private static ControlException noAgent(Path socket) {
        return new ControlException("what listens on " + socket + " is no tailnet-agent, or it ended while answering");
    }
}
