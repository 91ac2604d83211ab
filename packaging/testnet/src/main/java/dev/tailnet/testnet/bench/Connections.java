package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens tunnels by many clients at once; through each goes one byte and its echo. */
final class Connections {
    private final FarSide far;
    private final int clients;

    Connections(FarSide far, int clients) {
        this.far = far;
        this.clients = clients;
    }

    /** Opens and closes this many, and measures it. */
    Rate measure(Contender contender, int count) throws IOException, InterruptedException {
        double cpu = contender.usage().cpuSeconds();
        long start = System.nanoTime();
        shortLived(contender, count);
        double seconds = (System.nanoTime() - start) / 1e9;
        cpu = contender.usage().cpuSeconds() - cpu;
        return new Rate(count / seconds, cpu * 1e3 / count);
    }

    /** Opens and closes this many. */
    void shortLived(Contender contender, int count) throws IOException, InterruptedException {
        var remaining = new AtomicInteger(count);
        inParallel(contender, client -> {
            while (remaining.getAndDecrement() > 0) {
                try (var channel = client.open(far.port())) {
                    client.exchange(channel);
                }
            }
        });
    }

    /** Opens this many and keeps them; the caller closes them. */
    List<SocketChannel> open(Contender contender, int count) throws IOException, InterruptedException {
        var remaining = new AtomicInteger(count);
        var channels = Collections.synchronizedList(new ArrayList<SocketChannel>(count));
        try {
            inParallel(contender, client -> {
                while (remaining.getAndDecrement() > 0) {
                    var channel = client.open(far.port());
                    channels.add(channel);
                    client.exchange(channel);
                }
            });
            return channels;
        } catch (IOException | InterruptedException e) {
            closeAll(channels);
            throw e;
        }
    }

    static void closeAll(List<SocketChannel> channels) throws IOException {
        for (var channel : channels) {
            channel.close();
        }
    }

    private void inParallel(Contender contender, Task task) throws IOException, InterruptedException {
        try (var threads = Executors.newFixedThreadPool(clients)) {
            var futures = new ArrayList<Future<?>>();
            for (int i = 0; i < clients; i++) {
                futures.add(threads.submit(() -> {
                    task.run(new SocksClient(contender.socks5(), far.ipv4()));
                    return null;
                }));
            }
            for (var future : futures) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(
                    "a connection failed; " + contender.logTail() + System.lineSeparator() + far.logTail(),
                    e.getCause());
        }
    }

    /**
     * What came of it.
     *
     * @param perSecond connections opened and closed
     * @param cpuMillis of the proxy process, per connection
     */
    record Rate(double perSecond, double cpuMillis) {}

    @FunctionalInterface
    private interface Task {
        void run(SocksClient client) throws IOException;
    }
}
