package dev.tailnet.testnet.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@code lib/tailnet-agent.aot} of a distribution from a {@link ClassList}. Runs on the distribution's own Java with its jars on the
 * class path, and has them once more dump what they load.
 *
 * <p>Two dumps of the same differ in one thing: the JVM notes in each archived {@code SoftReference} when it was used last, in
 * milliseconds of the machine's monotonic clock. These are put to zero, which means long ago, and so are the checksums in the header, which
 * a JVM looks at only with {@code -XX:+VerifySharedSpaces}.
 */
final class AotCache {
    /** Of the header, where checksums stand between other things. */
    private static final int HEADER_BYTES = 4096;

    private static final int MOST_DUMPS = 6;

    private final Path home;
    private final Path work;

    private AotCache(Path home, Path work) {
        this.home = home;
        this.work = work;
    }

    /**
     * Makes it.
     *
     * @param arguments the folder of the distribution; the class list; a folder to work in, where the JVM's log stays
     */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            Path work = Files.createDirectories(Path.of(arguments[2]).toAbsolutePath());
            new AotCache(Path.of(arguments[0]).toAbsolutePath(), work).make(ClassList.read(Path.of(arguments[1])));
        } catch (IOException e) {
            System.err.println("AOT cache: it cannot be made: " + e.getMessage());
            System.err.println("AOT cache: with -Daot.skip=true the distribution has none, and starts slower.");
            System.exit(1);
        }
    }

    /** Takes what two dumps agree on: now and then there is one that is like no other. */
    private void make(ClassList list) throws IOException, InterruptedException {
        Path classes = Files.write(work.resolve("classes.lst"), list.forJvm());
        List<Dump> dumps = new ArrayList<>();
        for (int number = 1; number <= MOST_DUMPS; number++) {
            Dump next = dump(classes, "dump-" + number);
            for (Dump earlier : dumps) {
                ByteBuffer agreed = earlier.agreedWith(next);
                if (agreed != null) {
                    put(agreed);
                    return;
                }
            }
            dumps.add(next);
        }
        System.err.println("AOT cache: dumps of the same classes differ in more than their clocks;"
                + " this build cannot be reproduced byte by byte.");
        put(dumps.getFirst().bytes);
    }

    private void put(ByteBuffer cache) throws IOException {
        Files.write(home.resolve("lib/tailnet-agent.aot"), cache.array());
    }

    /**
     * An archive that the JVM wrote.
     *
     * @param begin of the dump, in milliseconds of the monotonic clock
     * @param end likewise
     */
    private record Dump(ByteBuffer bytes, long begin, long end) {
        /** What every other dump of the same will be, with these differences blank; null if there are others between the two. */
        @Nullable
        ByteBuffer agreedWith(Dump other) {
            if (bytes.capacity() != other.bytes.capacity()) {
                return null;
            }
            var agreed = ByteBuffer.wrap(bytes.array().clone()).order(bytes.order());
            for (int at = 0; at < HEADER_BYTES; at += Integer.BYTES) {
                if (bytes.getInt(at) != other.bytes.getInt(at)) {
                    agreed.putInt(at, 0);
                }
            }
            for (int at = HEADER_BYTES; at < bytes.capacity(); at += Long.BYTES) {
                if (bytes.getLong(at) != other.bytes.getLong(at)) {
                    if (!isClock(bytes.getLong(at)) || !other.isClock(other.bytes.getLong(at))) {
                        return null;
                    }
                    agreed.putLong(at, 0);
                }
            }
            return agreed;
        }

        private boolean isClock(long value) {
            return begin <= value && value <= end;
        }
    }

    private Dump dump(Path classes, String name) throws IOException, InterruptedException {
        Path file = work.resolve(name + ".aot");
        Path log = work.resolve(name + ".log");
        var command = new ArrayList<>(List.of(
                home.resolve("runtime/bin/java").toString(),
                "@lib/jvm.options",
                "-Xshare:dump",
                // A dump that takes longer must not find that soft references have aged.
                "-XX:SoftRefLRUPolicyMSPerMB=100000000",
                "-XX:+AOTClassLinking",
                "-XX:SharedClassListFile=" + classes,
                "-XX:SharedArchiveFile=" + file,
                "-Xlog:disable",
                "-Xlog:all=warning:file=" + log,
                "-cp",
                // Relative: the archive has the class path in it, and must not tell where it was built.
                "lib/tailnet-agent.jar"));
        long begin = millis();
        var builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve(name + ".out").toFile());
        // The encoding that the environment names would decide what is archived, and its options for JVMs too. What is
        // left is for emulate-arm64.
        builder.environment().keySet().retainAll(Set.of("QEMU_LD_PREFIX"));
        builder.environment().put("LC_ALL", "C");
        int code = builder.start().waitFor();
        if (code != 0 || !Files.exists(file)) {
            throw new IOException("exit code " + code + " from " + String.join(" ", command) + ", which said: "
                    + Files.readString(work.resolve(name + ".out")) + (Files.exists(log) ? Files.readString(log) : ""));
        }
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        Files.delete(file);
        return new Dump(bytes, begin, millis());
    }

    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
