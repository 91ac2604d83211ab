package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The JVM and the Go runtime share signals and threads: the JVM's SIGSEGV for implicit null checks, stack banging and
 * safepoints beside Go's own handlers and its preemption signals.
 */
@ExtendWith(Tailnet.class)
class CoexistenceIT {
    private static final Duration STRESS = Duration.ofSeconds(8);

    private record Box(int value) {}

    @FunctionalInterface
    private interface Work {
        void once() throws Exception;
    }

    @Test
    void nullChecksStackOverflowsAndCollectionsBesideGo(TestNetwork network) throws Exception {
        try (RunningNode node = RunningNode.ephemeral(network, "coexistence");
                Server server = Server.echo(TestAddresses.DIRECT_HOST_IPV4)) {
            InetAddress ip = InetAddress.ofLiteral("100.64.0.1");
            long end = System.nanoTime() + STRESS.toNanos();
            var nullChecks = new AtomicLong();
            var overflows = new AtomicLong();
            var calls = new AtomicLong();
            var tunnels = new AtomicLong();
            List<CompletableFuture<Void>> threads = new ArrayList<>();
            threads.add(repeat(end, () -> nullChecks.addAndGet(provokeNullChecks())));
            threads.add(repeat(end, () -> nullChecks.addAndGet(provokeNullChecks())));
            threads.add(repeat(end, () -> overflows.addAndGet(provokeStackOverflow(node.node(), ip))));
            threads.add(repeat(end, () -> overflows.addAndGet(provokeStackOverflow(node.node(), ip))));
            threads.add(repeat(end, CoexistenceIT::provokeCollection));
            threads.add(repeat(end, () -> {
                node.node().routeOf(ip);
                node.node().stats();
                calls.addAndGet(2);
            }));
            threads.add(repeat(end, () -> {
                tunnel(node, server);
                tunnels.incrementAndGet();
            }));
            for (CompletableFuture<Void> thread : threads) {
                thread.get();
            }
            assertThat(nullChecks.get()).isGreaterThan(100_000);
            assertThat(overflows.get()).isGreaterThan(100);
            assertThat(calls.get()).isGreaterThan(1_000);
            assertThat(tunnels.get()).isGreaterThan(10);
        }
    }

    private static CompletableFuture<Void> repeat(long end, Work work) {
        var done = new CompletableFuture<Void>();
        Thread.ofPlatform().start(() -> {
            try {
                while (System.nanoTime() < end) {
                    work.once();
                }
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(new CompletionException(e));
            }
        });
        return done;
    }

    private static long provokeNullChecks() {
        long caught = 0;
        for (int i = 0; i < 1_000; i++) {
            caught += valueOf(null) < 0 ? 1 : 0;
            caught += valueOf(new Box(i)) < 0 ? 1 : 0;
        }
        return caught;
    }

    /** The compiled code reads through the pointer and leaves the check to SIGSEGV. */
    @SuppressWarnings("NullAway")
    private static int valueOf(@Nullable Box box) {
        try {
            return box.value();
        } catch (NullPointerException e) {
            return -1;
        }
    }

    private static long provokeStackOverflow(TailnetNode node, InetAddress ip) {
        try {
            return descend(node, ip, 0);
        } catch (StackOverflowError e) {
            return 1;
        }
    }

    /** Calls into Go from deep down now and then, where little of the stack is left. */
    @SuppressWarnings("InfiniteRecursion")
    private static long descend(TailnetNode node, InetAddress ip, int depth) {
        if (depth % 500 == 499) {
            node.routeOf(ip);
        }
        return descend(node, ip, depth + 1) + 1;
    }

    private static void provokeCollection() {
        List<byte[]> garbage = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            garbage.add(new byte[4 << 10]);
        }
        assertThat(garbage).hasSize(2_000);
        System.gc();
    }

    private static void tunnel(RunningNode node, Server server) throws Exception {
        long id = RunningNode.newId();
        try (Client client = Client.connect()) {
            node.node().dial(id, Via.DIRECT, server.address(), server.port(), Duration.ofSeconds(10));
            assertThat(node.events().dialed(id).code()).isEqualTo(Code.OK);
            node.node().relay(id, client.fd(), ByteBuffer.allocate(0), Duration.ZERO);
            client.send("x");
            client.finish();
            assertThat(client.receiveAll()).isEqualTo("x|bye");
            assertThat(node.events().closed(id).code()).isEqualTo(Code.OK);
        }
    }
}
