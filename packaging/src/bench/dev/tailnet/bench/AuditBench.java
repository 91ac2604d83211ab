package dev.tailnet.bench;

import dev.tailnet.agent.audit.AuditLog;
import dev.tailnet.agent.config.AuditFailure;
import dev.tailnet.agent.config.AuditSettings;
import dev.tailnet.agent.config.AuditTarget;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How many decisions a second the audit log writes to a file without losing one: at a steady rate, and as many as it takes. Run by
 * {@code packaging/bench --audit} with the options of the distribution's JVM. Each decision is that of a connection, and its end
 * follows: two lines. What is counted stands in the files, which are rotated meanwhile.
 */
public final class AuditBench {
    private static final int THREADS = 2;
    private static final int PER_SECOND = 20_000;
    private static final Duration STEADY = Duration.ofSeconds(10);
    private static final int AS_FAST_AS_TAKEN = 400_000;
    private static final int DEFAULT_MAX_SIZE = 100_000_000;
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("100.64.0.7");
    private static final InetSocketAddress LISTENER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1055);

    private AuditBench() {}

    /**
     * @param decisions that were handed over
     * @param seconds until the last line was written
     * @param lines of decisions and ends in the files
     * @param different of these
     * @param waiting most lines that waited to be written at a time
     */
    private record Outcome(int decisions, double seconds, int lines, int different, int waiting) {
        int lost() {
            return 2 * decisions - different;
        }

        boolean isComplete() {
            return lines == different && lost() == 0;
        }
    }

    /** Waits until number {@code i} may be handed over. */
    @FunctionalInterface
    private interface Pace {
        void await(AuditLog log, long start, int i);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.out.printf(
                Locale.ROOT,
                "| audit log, %d threads | decisions | seconds | decisions/s | lines in the files | most waiting | lost |%n",
                THREADS);
        System.out.println("|---|---|---|---|---|---|---|");
        Outcome steady = run((int) (PER_SECOND * STEADY.toSeconds()), AuditBench::awaitTime);
        print(String.format(Locale.ROOT, "%,d a second", PER_SECOND), steady);
        Outcome most = run(AS_FAST_AS_TAKEN, AuditBench::awaitRoom);
        print("as fast as it takes them", most);
        if (!steady.isComplete() || !most.isComplete()) {
            System.err.println("bench: lines of the audit were lost, or written twice.");
            System.exit(1);
        }
    }

    private static void awaitTime(AuditLog log, long start, int i) {
        long due = start + i * 1_000_000_000L / PER_SECOND;
        while (System.nanoTime() - due < 0) {
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    /** As requests do with {@code --audit-on-failure=block}. */
    private static void awaitRoom(AuditLog log, long start, int i) {
        while (!log.hasRoom()) {
            LockSupport.parkNanos(100_000);
        }
    }

    private static Outcome run(int decisions, Pace pace) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("audit-bench");
        try {
            var target = new AuditTarget.File(directory.resolve("audit.jsonl"));
            var settings =
                    new AuditSettings(target, DEFAULT_MAX_SIZE, Duration.ofDays(1), 0, false, AuditFailure.CONTINUE);
            AuditLog log = AuditLog.of(settings, () -> List.of(LISTENER), Clock.systemUTC());
            log.open();
            log.start();
            int[] most = new int[THREADS];
            long start = System.nanoTime();
            List<Thread> threads = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = first; i < decisions; i += THREADS) {
                        pace.await(log, start, i);
                        var request = request(i);
                        log.decided(decision(request));
                        log.closed(closed(request));
                        if (i % 64 == first) {
                            most[first] = Math.max(most[first], log.counts().waiting());
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            log.close(Duration.ofMinutes(1));
            double seconds = (System.nanoTime() - start) / 1e9;
            return count(directory, decisions, seconds, Math.max(most[0], most[1]));
        } finally {
            delete(directory);
        }
    }

    private static ConnectRequest request(int i) {
        var client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 32_768 + i % 28_000);
        var target = new Target(new Host.Name("host" + i % 1_000 + ".internal.example.com"), 443);
        return new ConnectRequest(i, ConnectRequest.Protocol.HTTP_CONNECT, client, "ci", target);
    }

    private static Decision decision(ConnectRequest request) {
        return new Decision(
                request,
                List.of(ADDRESS),
                "MagicDNS",
                ADDRESS,
                Route.TAILNET,
                new Ruling("enforce", "internal", null),
                null,
                Duration.ZERO,
                Duration.ofMillis(2),
                Duration.ofMillis(3));
    }

    private static Closed closed(ConnectRequest request) {
        var end = new TunnelEnd(TunnelEnd.Cause.FINISHED, 1_234, 56_789, "");
        return new Closed(request, ADDRESS, Route.TAILNET, end, Duration.ofMillis(100));
    }

    private static Outcome count(Path directory, int decisions, double seconds, int waiting) throws IOException {
        int lines = 0;
        var decided = new BitSet(decisions);
        var ended = new BitSet(decisions);
        for (Path file : files(directory)) {
            try (BufferedReader reader = Files.newBufferedReader(file)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    boolean isDecision = line.contains("\"event\":\"decision\"");
                    if (isDecision || line.contains("\"event\":\"close\"")) {
                        (isDecision ? decided : ended).set(number(line));
                        lines++;
                    }
                }
            }
        }
        return new Outcome(decisions, seconds, lines, decided.cardinality() + ended.cardinality(), waiting);
    }

    /** An id is that of the run, a dash, and the number of the request. */
    private static int number(String line) {
        int start = line.indexOf("\"id\":\"");
        return Integer.parseInt(line, line.indexOf('-', start) + 1, line.indexOf("\",", start), 10);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        for (Path file : files(directory)) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    private static void print(String pace, Outcome outcome) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %,d | %.1f | %,.0f | %,d | %,d | %,d |%n",
                pace,
                outcome.decisions(),
                outcome.seconds(),
                outcome.decisions() / outcome.seconds(),
                outcome.lines(),
                outcome.waiting(),
                outcome.lost());
    }
}
