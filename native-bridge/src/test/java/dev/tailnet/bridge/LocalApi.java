package dev.tailnet.bridge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a node's LocalAPI, one request per descriptor. */
final class LocalApi {
    private LocalApi() {}

    static JsonNode status(TailnetNode node) throws IOException {
        String response = get(node, "/localapi/v0/status");
        if (!response.startsWith("HTTP/1.0 200 ")) {
            throw new IOException("the LocalAPI answered: " + response);
        }
        return JsonMapper.shared().readTree(response.substring(response.indexOf("\r\n\r\n") + 4));
    }

    /** The response, head and body. HTTP/1.0, so that its end is the end of the stream and nothing is chunked. */
    static String get(TailnetNode node, String path) throws IOException {
        int fd = node.openLocalApi();
        try {
            String request = "GET " + path + " HTTP/1.0\r\nHost: local-tailscaled.sock\r\n\r\n";
            Posix.writeAll(fd, request.getBytes(StandardCharsets.US_ASCII));
            var response = new ByteArrayOutputStream();
            byte[] buffer = new byte[16 << 10];
            while (Posix.awaitReadable(fd, Duration.ofSeconds(10))) {
                int count = Posix.readSome(fd, buffer);
                if (count < 0) {
                    return response.toString(StandardCharsets.UTF_8);
                }
                response.write(buffer, 0, count);
            }
            throw new IOException("no end of the LocalAPI's answer after 10 s: " + response);
        } finally {
            Posix.closeFd(fd);
        }
    }
}
