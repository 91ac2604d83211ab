package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.LongAdder;

/** Moves bytes one way through tunnels as fast as it goes. */
final class Transfer {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final FarSide far;
    private final Duration warmUp;
    private final Duration duration;

    Transfer(FarSide far, Duration warmUp, Duration duration) {
        this.far = far;
        this.warmUp = warmUp;
        this.duration = duration;
    }

    /** Downloads, counted where they arrive: here. */
    Result download(Contender contender, int streams) throws IOException, InterruptedException {
        var received = new LongAdder();
        return run(contender, streams, received::sum, channel -> {
            var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            buffer.put(LoadServer.SOURCE).flip();
            channel.write(buffer);
            for (int count = channel.read(buffer.clear()); count >= 0; count = channel.read(buffer.clear())) {
                received.add(count);
            }
        });
    }

    /** Uploads, counted where they arrive: at the far side. */
    Result upload(Contender contender, int streams) throws IOException, InterruptedException {
        return run(contender, streams, far::received, channel -> {
            var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).put(0, LoadServer.SINK);
            while (true) {
                channel.write(buffer.clear());
            }
        });
    }

    private Result run(Contender contender, int streams, Counter counter, Stream stream)
            throws IOException, InterruptedException {
        var client = new SocksClient(contender.socks5(), far.ipv4());
        var channels = new ArrayList<SocketChannel>();
        var threads = new ArrayList<Thread>();
        try {
            for (int i = 0; i < streams; i++) {
                var channel = client.open(far.port());
                channels.add(channel);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        stream.move(channel);
                    } catch (IOException e) {
                        // The end of the measurement closes the channel; an earlier end shows as no bytes.
                    }
                }));
            }
            Thread.sleep(warmUp);
            double cpu = contender.usage().cpuSeconds();
            long bytes = counter.sum();
            long start = System.nanoTime();
            Thread.sleep(duration);
            double seconds = (System.nanoTime() - start) / 1e9;
            bytes = counter.sum() - bytes;
            cpu = contender.usage().cpuSeconds() - cpu;
            if (bytes == 0) {
                throw new IOException("no byte arrived in " + duration + "; " + contender.logTail());
            }
            return new Result(bytes * 8 / seconds / 1e9, cpu / (bytes / 1e9));
        } finally {
            for (var channel : channels) {
                channel.close();
            }
            for (var thread : threads) {
                thread.join();
            }
        }
    }

    /**
     * What came of it.
     *
     * @param gigabitsPerSecond of payload, all streams together
     * @param cpuSecondsPerGigabyte of the proxy process, for 10^9 bytes of payload
     */
    record Result(double gigabitsPerSecond, double cpuSecondsPerGigabyte) {}

    @FunctionalInterface
    private interface Stream {
        void move(SocketChannel channel) throws IOException;
    }

    @FunctionalInterface
    private interface Counter {
        long sum();
    }
}
