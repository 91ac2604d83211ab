package dev.tailnet.agent.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The node's notifications ({@code ipn.Notify}), one JSON object a line, until the stream is closed. */
final class NotificationStream implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private final ControlConnection connection;
    private final LocalApiAnswer answer;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);

    NotificationStream(ControlConnection connection, LocalApiAnswer answer) {
        this.connection = connection;
        this.answer = answer;
    }

    /**
     * Waits for the next one.
     *
     * @throws ControlTimeoutException when the client's deadline passes
     * @throws ControlException when the agent ends
     */
    Json next() throws ControlException {
        var line = new ByteArrayOutputStream();
        while (true) {
            while (buffer.hasRemaining()) {
                var character = buffer.get();
                if (character == '\n') {
                    return Json.parse(line.toString(StandardCharsets.UTF_8));
                }
                line.write(character);
            }
            buffer.clear();
            if (answer.receive(buffer) < 0) {
                throw new ControlException("the agent has ended; its log may say why");
            }
            buffer.flip();
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
