package dev.tailnet.bridge;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory that a start needs and a process that has started does not: the parts of libraries and of the AOT cache that ran once, and what
 * {@code malloc} keeps of what the JIT compiler was done with.
 */
public final class StartMemory {
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S+) [0-9a-f]+ \\S+ \\d+ *(.*)");
    private static final Pattern CHANGED = Pattern.compile("Anonymous: +[1-9].*");
    private static final Set<String> READ_ONLY = Set.of("r--p", "r-xp");
    private static final int MADV_DONTNEED = 4;
    private static final long SMALLEST = 1 << 20;

    private StartMemory() {}

    /**
     * Gives it back to the kernel, which brings again what is needed again. Goes through the process's mappings, which takes
     * milliseconds.
     */
    public static void giveBack() {
        try {
            for (Mapping mapping : unchanged(Files.readAllLines(MAPPINGS))) {
                // What it says does not matter: a page that stays is only a page that stays.
                var unused = Libc.madvise(new Pointer(mapping.begin), new NativeLong(mapping.length), MADV_DONTNEED);
            }
        } catch (IOException e) {
            // No /proc/self/smaps in this sandbox: then it stays as it is.
        }
        var unused = Libc.malloc_trim(new NativeLong(0));
    }

    /** Read-only pages of a file, none of which the process has changed before it made them so: the file has all of them. */
    record Mapping(long begin, long length) {}

    /** Those worth the call, of the lines of {@code smaps} ({@code proc(5)}). */
    static List<Mapping> unchanged(List<String> smaps) {
        var all = new ArrayList<Mapping>();
        boolean candidate = false;
        for (String line : smaps) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                long begin = Long.parseUnsignedLong(mapping.group(1), 16);
                long length = Long.parseUnsignedLong(mapping.group(2), 16) - begin;
                candidate = length >= SMALLEST
                        && READ_ONLY.contains(mapping.group(3))
                        && mapping.group(4).startsWith("/");
                if (candidate) {
                    all.add(new Mapping(begin, length));
                }
            } else if (candidate && CHANGED.matcher(line).matches()) {
                all.removeLast();
                candidate = false;
            }
        }
        return all;
    }

    /** Made at the first use. */
    private static final class Libc {
        static {
            Native.register(Libc.class, NativeLibrary.getProcess());
        }

        private Libc() {}

        static native int madvise(Pointer address, NativeLong length, int advice);

        static native int malloc_trim(NativeLong pad);
    }
}
