package dev.tailnet.agent.cli;

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

/** A connection to a socket of the running agent with one deadline for all that is sent and received. */
final class ControlConnection implements AutoCloseable {
    static final String SOCKET = "agent.sock";

    /** As good as no deadline. */
    static final Duration UNLIMITED = Duration.ofDays(36_500);

    private final Path socket;
    private final Duration timeout;
    private final long deadline;
    private final SocketChannel channel;
    private final Selector selector;

    private ControlConnection(Path socket, Duration timeout, SocketChannel channel, Selector selector) {
        this.socket = socket;
        this.timeout = timeout;
        this.deadline = System.nanoTime() + timeout.toNanos();
        this.channel = channel;
        this.selector = selector;
    }

    /**
     * Opens one to the control socket.
     *
     * @throws ControlException if there is no agent
     */
    static ControlConnection open(Path runtimeDir, Duration timeout) throws ControlException {
        return to(runtimeDir.resolve(SOCKET), timeout);
    }

    /**
     * Opens one to any socket of an agent.
     *
     * @throws ControlException if there is no agent
     */
    static ControlConnection to(Path socket, Duration timeout) throws ControlException {
        if (!Files.exists(socket)) {
            throw noAgent(socket, null);
        }
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            return new ControlConnection(socket, timeout, channel, Selector.open());
        } catch (ConnectException e) {
            closeQuietly(channel);
            throw noAgent(socket, e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw broken(socket, e);
        }
    }

    Path socket() {
        return socket;
    }

    void send(String request) throws ControlException {
        var bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        try {
            while (channel.write(bytes) >= 0 && bytes.hasRemaining()) {
                await(SelectionKey.OP_WRITE);
            }
        } catch (IOException e) {
            throw broken(socket, e);
        }
    }

    /**
     * Waits for bytes.
     *
     * @return how many; -1 at the end
     */
    int receive(ByteBuffer buffer) throws ControlException {
        try {
            int read;
            while ((read = channel.read(buffer)) == 0) {
                await(SelectionKey.OP_READ);
            }
            return read;
        } catch (IOException e) {
            throw broken(socket, e);
        }
    }

    private void await(int operation) throws IOException, ControlException {
        var millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new ControlTimeoutException("the agent at " + socket + " did not answer within " + timeout.toMillis()
                    + " ms. If it hangs, kill it and look at its log");
        }
        channel.register(selector, operation);
        selector.select(millis);
        selector.selectedKeys().clear();
    }

    /** Gives the channel away, in blocking mode and without a deadline; this is of no more use. */
    SocketChannel release() throws ControlException {
        try {
            selector.close();
            channel.configureBlocking(true);
            return channel;
        } catch (IOException e) {
            closeQuietly(channel);
            throw broken(socket, e);
        }
    }

    @Override
    public void close() {
        closeQuietly(selector);
        closeQuietly(channel);
    }

    private static void closeQuietly(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            // There is nothing more to say on it.
        }
    }

    private static ControlException noAgent(Path socket, @Nullable ConnectException cause) {
        var message = socket.endsWith(SOCKET)
                ? "no agent is running in " + socket.getParent()
                        + ". Start one with 'tailnet-agent run', or name its directory with --runtime-dir"
                : "no agent answers at " + socket
                        + ". Start one with 'tailnet-agent run', or name its socket with --socket";
        return cause == null ? new ControlException(message) : new ControlException(message, cause);
    }

    private static ControlException broken(Path socket, IOException e) {
        var message = e.getMessage();
        return new ControlException(
                "the agent at " + socket + " cannot be asked: "
                        + (message == null ? e.getClass().getSimpleName() : message)
                        + ". Run this as the user the agent runs as",
                e);
    }
}
