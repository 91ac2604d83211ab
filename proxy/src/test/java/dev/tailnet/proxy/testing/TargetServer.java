package dev.tailnet.proxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server on loopback that treats each connection the same way, each on a thread of its own. */
public final class TargetServer implements AutoCloseable {
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** What is done with a connection; it is closed afterwards. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(Socket client) throws IOException;
    }

    private TargetServer(ServerSocket server) {
        this.server = server;
    }

    public static TargetServer start(Behaviour behaviour) {
        return start(InetAddress.getLoopbackAddress(), behaviour);
    }

    public static TargetServer start(InetAddress address, Behaviour behaviour) {
        try {
            var target = new TargetServer(new ServerSocket(0, 50, address));
            Thread.ofVirtual().start(() -> target.accept(behaviour));
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends back what comes, and ends when the client has ended its side. */
    public static TargetServer echo() {
        return start(client -> client.getInputStream().transferTo(client.getOutputStream()));
    }

    /** Says something before it is asked, then waits for the client to end. */
    public static TargetServer speaksFirst(byte[] greeting) {
        return start(client -> {
            client.getOutputStream().write(greeting);
            client.getInputStream().readAllBytes();
        });
    }

    /** Reads to the client's end, and only then answers with all of it. */
    public static TargetServer answersAtTheEnd() {
        return start(
                client -> client.getOutputStream().write(client.getInputStream().readAllBytes()));
    }

    /** Reads one byte and resets. */
    public static TargetServer resets() {
        return start(client -> {
            client.getInputStream().read();
            client.setSoLinger(true, 0);
        });
    }

    public InetAddress address() {
        return server.getInetAddress();
    }

    public int port() {
        return server.getLocalPort();
    }

    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address(), port());
    }

    /** How many connections are open now. */
    public int open() {
        return open.size();
    }

    private void accept(Behaviour behaviour) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client, behaviour));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client, Behaviour behaviour) {
        try (client) {
            behaviour.serve(client);
        } catch (IOException e) {
            // The client is free to go at any time.
        } finally {
            open.remove(client);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : open) {
            client.close();
        }
    }
}
