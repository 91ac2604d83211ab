package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** How long a process takes from exec until its port takes connections, and until a byte came back from a tailnet host. */
final class StartUp {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long LISTEN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long ATTEMPT_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final FarSide far;

    StartUp(FarSide far) {
        this.far = far;
    }

    /** Starts one, measures and stops it. */
    Result measure(Contenders.Launch launch, InetSocketAddress socks5) throws IOException, InterruptedException {
        try (var probe = new Probe(socks5);
                var contender = launch.start()) {
            return probe.result(contender);
        }
    }

    /** Returns when a byte came back from the far side. */
    void awaitFirstByte(Contender contender) throws IOException, InterruptedException {
        try (var probe = new Probe(contender.socks5())) {
            probe.result(contender);
        }
    }

    /** Tries from its creation on. */
    private final class Probe implements AutoCloseable {
        private final InetSocketAddress socks5;
        private final long start = System.nanoTime();
        private final CompletableFuture<Long> listening = new CompletableFuture<>();
        private final CompletableFuture<Long> firstByte = new CompletableFuture<>();

        Probe(InetSocketAddress socks5) {
            this.socks5 = socks5;
            Thread.ofVirtual().start(this::run);
        }

        Result result(Contender contender) throws IOException, InterruptedException {
            try {
                return new Result(
                        listening.get(LIMIT.toSeconds(), TimeUnit.SECONDS) / 1e9,
                        firstByte.get(LIMIT.toSeconds(), TimeUnit.SECONDS) / 1e9);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("not up after " + LIMIT + "; " + contender.logTail(), e);
            }
        }

        @Override
        public void close() {
            listening.cancel(true);
            firstByte.cancel(true);
        }

        private void run() {
            while (!listening.isDone()) {
                try (var channel = SocketChannel.open()) {
                    channel.connect(socks5);
                    listening.complete(System.nanoTime() - start);
                } catch (IOException e) {
                    LockSupport.parkNanos(LISTEN_INTERVAL_NANOS);
                }
            }
            // An attempt made too early may hang for seconds in either proxy: so there is always a new one under way.
            while (!firstByte.isDone()) {
                Thread.ofVirtual().start(this::attempt);
                LockSupport.parkNanos(ATTEMPT_INTERVAL_NANOS);
            }
        }

        private void attempt() {
            var client = new SocksClient(socks5, far.ipv4());
            try (var channel = client.open(far.port())) {
                client.exchange(channel);
                firstByte.complete(System.nanoTime() - start);
            } catch (IOException e) {
                // Not yet: a later attempt will tell.
            }
        }
    }

    /**
     * What came of it.
     *
     * @param listeningSeconds from exec until a connection was accepted
     * @param firstByteSeconds from exec until the first echo from the far side
     */
    record Result(double listeningSeconds, double firstByteSeconds) {}
}
