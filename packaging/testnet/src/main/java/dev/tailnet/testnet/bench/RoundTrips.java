package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.util.Arrays;

/** Sends a byte through an open tunnel and waits for its echo, again and again. */
final class RoundTrips {
    private final FarSide far;
    private final int count;

    RoundTrips(FarSide far, int count) {
        this.far = far;
        this.count = count;
    }

    Result measure(Contender contender) throws IOException {
        var client = new SocksClient(contender.socks5(), far.ipv4());
        var nanos = new long[count];
        try (var channel = client.open(far.port())) {
            for (int i = 0; i < count / 10; i++) {
                client.exchange(channel);
            }
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                client.exchange(channel);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return new Result(nanos[count / 2] / 1e6, nanos[count * 99 / 100] / 1e6);
    }

    /**
     * What came of it.
     *
     * @param medianMillis half of the round trips took at most this long
     * @param p99Millis 99 of 100 took at most this long
     */
    record Result(double medianMillis, double p99Millis) {}
}
