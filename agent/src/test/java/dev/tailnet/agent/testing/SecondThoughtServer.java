package dev.tailnet.agent.testing;

import dev.tailnet.testnet.fixture.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Says its word and ends its output at once, but reads on; tells what it read, or how the connection broke. */
public final class SecondThoughtServer extends TcpServer {
    private final byte[] word;
    private final CompletableFuture<String> heard = new CompletableFuture<>();

    /** @param word when empty, the output stays open */
    public SecondThoughtServer(InetAddress address, String word) {
        super(address, 0);
        this.word = word.getBytes(StandardCharsets.UTF_8);
        serve();
    }

    /** What the first client sent, up to the end; or {@code reset}. */
    public CompletableFuture<String> heard() {
        return heard;
    }

    @Override
    protected void handle(Socket connection) throws IOException {
        if (word.length > 0) {
            connection.getOutputStream().write(word);
            connection.shutdownOutput();
        }
        try {
            heard.complete(new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (SocketException e) {
            heard.complete("reset");
        }
    }
}
