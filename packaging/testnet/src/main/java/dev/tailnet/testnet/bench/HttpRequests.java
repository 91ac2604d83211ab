package dev.tailnet.testnet.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Plain HTTP through the proxy: GET requests of absolute form on connections that are kept, for a page of {@value LoadServer#PAGE_BYTES} bytes. */
final class HttpRequests {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final FarSide far;
    private final int clients;

    HttpRequests(FarSide far, int clients) {
        this.far = far;
        this.clients = clients;
    }

    /** Sends this many by all clients at once. */
    Rate rate(Contender contender, int count) throws IOException, InterruptedException {
        double cpu = contender.usage().cpuSeconds();
        long start = System.nanoTime();
        var remaining = new AtomicInteger(count);
        try (var threads = Executors.newFixedThreadPool(clients)) {
            var futures = new ArrayList<Future<?>>();
            for (int i = 0; i < clients; i++) {
                futures.add(threads.submit(() -> {
                    try (var client = new Client(contender.http(), request())) {
                        while (remaining.getAndDecrement() > 0) {
                            client.exchange();
                        }
                    }
                    return null;
                }));
            }
            for (var future : futures) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a client failed; " + contender.logTail(), e.getCause());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        cpu = contender.usage().cpuSeconds() - cpu;
        return new Rate(count / seconds, cpu * 1e3 / count);
    }

    /** Sends this many one after another. */
    RoundTrips.Result latency(Contender contender, int count) throws IOException {
        var nanos = new long[count];
        try (var client = new Client(contender.http(), request())) {
            for (int i = 0; i < count / 10; i++) {
                client.exchange();
            }
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                client.exchange();
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return new RoundTrips.Result(nanos[count / 2] / 1e6, nanos[count * 99 / 100] / 1e6);
    }

    private byte[] request() throws IOException {
        String host = InetAddress.getByAddress(far.ipv4()).getHostAddress() + ":" + far.port();
        return ("GET http://" + host + "/page HTTP/1.1\r\nHost: " + host
                        + "\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * What came of it.
     *
     * @param perSecond requests
     * @param cpuMillis of the proxy process, for one request
     */
    record Rate(double perSecond, double cpuMillis) {}

    /** One connection to the proxy. */
    private static final class Client implements AutoCloseable {
        private final SocketChannel channel = SocketChannel.open();
        private final ByteBuffer request;
        private final ByteBuffer response = ByteBuffer.allocateDirect(BUFFER_BYTES);

        Client(InetSocketAddress proxy, byte[] request) throws IOException {
            this.request = ByteBuffer.allocateDirect(request.length).put(request);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(proxy);
        }

        /** Both proxies pass the length on, so the end is where the head's end and the length say. */
        void exchange() throws IOException {
            request.flip();
            while (request.hasRemaining()) {
                channel.write(request);
            }
            response.clear();
            int bodyAt = -1;
            while (bodyAt < 0 || response.position() < bodyAt + LoadServer.PAGE_BYTES) {
                if (channel.read(response) < 0) {
                    throw new EOFException("the proxy closed the connection");
                }
                bodyAt = bodyAt < 0 ? endOfHead() : bodyAt;
            }
            if (response.get("HTTP/1.1 ".length()) != '2') {
                throw new IOException("the proxy answers " + StandardCharsets.ISO_8859_1.decode(response.flip()));
            }
        }

        private int endOfHead() {
            for (int i = 3; i < response.position(); i++) {
                if (response.get(i) == '\n' && response.get(i - 2) == '\n') {
                    return i + 1;
                }
            }
            return -1;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
