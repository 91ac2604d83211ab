package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call into the library must be nothing to an event loop. */
class CallCostIT {
    private static final int BATCHES = 200;
    private static final int CALLS = 500;

    @Test
    void aCallCostsMicroseconds(@TempDir Path dir) {
        var options = new NodeOptions("call-cost", null, null, true, null, dir, List.of(), true, true);
        InetAddress ip = InetAddress.ofLiteral("100.64.0.1");
        try (TailnetNode node = TailnetNode.create(options)) {
            long cancel = nanosPerCall(() -> node.cancel(1));
            long route = nanosPerCall(() -> node.routeOf(ip));
            System.out.printf("a call of the library: cancel %d ns, routeOf %d ns%n", cancel, route);
            assertThat(Duration.ofNanos(cancel)).isLessThan(Duration.ofNanos(20_000));
            assertThat(Duration.ofNanos(route)).isLessThan(Duration.ofNanos(30_000));
        }
    }

    /** The median of batches, the first half being warm-up. */
    private static long nanosPerCall(Runnable call) {
        long[] batches = new long[BATCHES];
        for (int batch = 0; batch < BATCHES; batch++) {
            long begin = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            batches[batch] = (System.nanoTime() - begin) / CALLS;
        }
        long[] warm = Arrays.copyOfRange(batches, BATCHES / 2, BATCHES);
        Arrays.sort(warm);
        return warm[warm.length / 2];
    }
}
