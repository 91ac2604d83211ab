package dev.tailnet.agent.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads server-sent events from a connection; the lines that frame HTTP's chunks look like no field and are skipped. */
public final class EventStreamReader implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    public EventStreamReader(Socket socket) throws IOException {
        this.socket = socket;
        this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Returns the data of the next event of a name. */
    public JsonNode next(String name) throws IOException {
        boolean isWanted = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
                isWanted = line.equals("event: " + name);
            } else if (isWanted && line.startsWith("data: ")) {
                return JsonMapper.shared().readTree(line.substring("data: ".length()));
            }
        }
        throw new AssertionError("the stream ended before an event " + name);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
