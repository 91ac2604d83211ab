package dev.tailnet.agent.check;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * A TLS handshake over a tunnel, for the sake of the certificate: everything is accepted, and nothing is sent but the
 * handshake. Over a channel, as a unix socket is no {@link java.net.Socket}.
 */
final class TlsHandshake implements AutoCloseable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final Selector selector;
    private final SSLEngine engine;
    private final long deadline;
    private final ByteBuffer received;
    private final ByteBuffer decrypted;

    private TlsHandshake(SocketChannel channel, ByteBuffer early, SSLEngine engine, Duration timeout)
            throws IOException {
        this.channel = channel;
        this.engine = engine;
        this.deadline = System.nanoTime() + timeout.toNanos();
        channel.configureBlocking(false);
        this.selector = Selector.open();
        this.received = ByteBuffer.allocate(engine.getSession().getPacketBufferSize() + early.remaining())
                .put(early);
        this.decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    /**
     * Returns the certificates that the target presents, its own first.
     *
     * @param early what it has sent already
     * @throws SSLException when it does not speak TLS, or refuses
     * @throws SocketTimeoutException when it does not answer in time
     */
    static List<X509Certificate> perform(
            SocketChannel channel, ByteBuffer early, String host, int port, Duration timeout) throws IOException {
        var presented = new PresentedChain();
        try (var handshake = new TlsHandshake(channel, early, engine(host, port, presented), timeout)) {
            handshake.run();
        }
        return presented.chain();
    }

    private static SSLEngine engine(String host, int port, PresentedChain presented) throws SSLException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {presented}, null);
            SSLEngine engine = context.createSSLEngine(host, port);
            engine.setUseClientMode(true);
            var parameters = engine.getSSLParameters();
            if (isName(host)) {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            }
            engine.setSSLParameters(parameters);
            return engine;
        } catch (GeneralSecurityException e) {
            throw new SSLException(e);
        }
    }

    /** Addresses have no place in SNI (RFC 6066, section 3). */
    private static boolean isName(String host) {
        return host.indexOf(':') < 0 && !host.matches("[0-9.]+");
    }

    private void run() throws IOException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> send();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> receive();
                case NEED_TASK -> compute();
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private void compute() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private void send() throws IOException {
        var packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(NOTHING, packet);
        packet.flip();
        while (packet.hasRemaining()) {
            if (channel.write(packet) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
    }

    private void receive() throws IOException {
        received.flip();
        var result = engine.unwrap(received, decrypted);
        received.compact();
        switch (result.getStatus()) {
            case OK -> {}
            case BUFFER_OVERFLOW -> decrypted.clear();
            case CLOSED -> throw new EOFException("it closed TLS");
            case BUFFER_UNDERFLOW -> {
                int read;
                while ((read = channel.read(received)) == 0) {
                    await(SelectionKey.OP_READ);
                }
                if (read < 0) {
                    throw new EOFException("it closed the connection");
                }
            }
        }
    }

    private void await(int operation) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        channel.register(selector, operation);
        selector.select(millis);
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
