package dev.tailnet.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/** The way to an HTTP server, closed at first: it takes connections, and passes nothing on until it is opened. */
public final class Gate implements AutoCloseable {
    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final CountDownLatch opened = new CountDownLatch(1);

    public Gate(URI target) throws IOException {
        this.target = new InetSocketAddress(target.getHost(), target.getPort());
        this.listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().name("gate").start(this::accept);
    }

    /** Where to knock instead of at the server. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Lets everything through from now on, what waits already first. */
    public void open() {
        opened.countDown();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> pass(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void pass(Socket accepted) {
        try (Socket client = accepted) {
            opened.await();
            try (Socket server = new Socket(target.getAddress(), target.getPort())) {
                Thread answers = Thread.ofVirtual().start(() -> copy(server, client));
                copy(client, server);
                answers.join();
            }
        } catch (IOException e) {
            // The server is gone, and so is this connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // Either end has closed: the other copy ends as well.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        opened.countDown();
    }
}
