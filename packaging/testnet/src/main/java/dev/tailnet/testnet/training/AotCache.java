package dev.tailnet.testnet.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

    private void make(ClassList list) throws IOException, InterruptedException {
        Path classes = Files.write(work.resolve("classes.lst"), list.forJvm());
        Dump first = dump(classes, "first");
        Dump second = dump(classes, "second");
        ByteBuffer cache = first.bytes;
        if (!blankDifferences(first, second)) {
            System.err.println("AOT cache: two dumps of the same classes differ in more than their clocks;"
                    + " this build cannot be reproduced byte by byte.");
        }
        Files.write(first.file, cache.array());
        Files.move(first.file, home.resolve("lib/tailnet-agent.aot"), StandardCopyOption.REPLACE_EXISTING);
        Files.delete(second.file);
    }

    /**
     * An archive that the JVM wrote.
     *
     * @param begin of the dump, in milliseconds of the monotonic clock
     * @param end likewise
     */
    private record Dump(Path file, ByteBuffer bytes, long begin, long end) {
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
        // The encoding that the environment names would decide what is archived, and its options for JVMs too.
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        int code = builder.start().waitFor();
        if (code != 0 || !Files.exists(file)) {
            throw new IOException("exit code " + code + " from " + String.join(" ", command) + ", which said: "
                    + Files.readString(work.resolve(name + ".out")) + Files.readString(log));
        }
        return new Dump(
                file, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder()), begin, millis());
    }

    /** @return whether the first is now what every other dump of the same will be */
    private static boolean blankDifferences(Dump first, Dump second) {
        ByteBuffer one = first.bytes;
        ByteBuffer other = second.bytes;
        if (one.capacity() != other.capacity()) {
            return false;
        }
        for (int at = 0; at < HEADER_BYTES; at += Integer.BYTES) {
            if (one.getInt(at) != other.getInt(at)) {
                one.putInt(at, 0);
            }
        }
        boolean alike = true;
        for (int at = HEADER_BYTES; at < one.capacity(); at += Long.BYTES) {
            if (one.getLong(at) != other.getLong(at)) {
                if (first.isClock(one.getLong(at)) && second.isClock(other.getLong(at))) {
                    one.putLong(at, 0);
                } else {
                    alike = false;
                }
            }
        }
        return alike;
    }

    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
