package dev.tailnet.agent.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sets the wall clock that one process sees, while it runs: for Java, the C library and Go alike. All of them read it through the vDSO,
 * the page of code that the kernel maps into each process; there it is made to add a difference to what the kernel says. Neither the
 * machine's clock nor the process's monotonic clock changes.
 */
public final class ProcessClock {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int PAGE_END_BYTES = 256;
    private static final int ROUTINE_BYTES = 64;
    private static final int PROGRAM_HEADER_OFFSET = 32;
    private static final int PROGRAM_HEADER_COUNT = 56;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SYMBOL_BYTES = 24;
    private static final int PT_DYNAMIC = 2;
    private static final int DT_STRTAB = 5;
    private static final int DT_SYMTAB = 6;
    private static final int JUMP = 0xe9;

    /** Machine code of x86-64: the system call, then the difference (DDDDDDDD) added to the seconds of what it filled in. */
    private static final Map<String, String> ROUTINES = Map.of(
            "__vdso_clock_gettime", "b8e40000000f0585c0751085ff740583ff057507488106DDDDDDDDc3",
            "__vdso_gettimeofday", "b8600000000f054885ff7407488107DDDDDDDDc3",
            "__vdso_time", "b8c90000000f054805DDDDDDDD4885ff7403488907c3");

    private ProcessClock() {}

    /** Whether this can be done here. */
    public static boolean isSettable() {
        return System.getProperty("os.arch").equals("amd64");
    }

    /**
     * Has a process see the machine's time and this difference, instead of what it saw before.
     *
     * @param difference negative for the past
     */
    public static void set(long pid, Duration difference) {
        signal(pid, "STOP");
        try (var memory = new RandomAccessFile("/proc/" + pid + "/mem", "rw")) {
            Eventually.get(SOON, () -> state(pid), state -> state.equals("T"));
            String[] range = range(pid);
            long start = Long.parseUnsignedLong(range[0], 16);
            byte[] image = new byte[(int) (Long.parseUnsignedLong(range[1], 16) - start)];
            memory.seek(start);
            memory.readFully(image);
            int free = image.length - PAGE_END_BYTES;
            for (var routine : ROUTINES.entrySet()) {
                write(memory, start + free, code(routine.getValue(), difference));
                int entry = symbol(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN), routine.getKey());
                write(memory, start + entry, jump(entry, free));
                free += ROUTINE_BYTES;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            signal(pid, "CONT");
        }
    }

    private static void write(RandomAccessFile memory, long address, byte[] code) throws IOException {
        memory.seek(address);
        memory.write(code);
    }

    private static byte[] code(String routine, Duration difference) {
        int seconds = Integer.reverseBytes(Math.toIntExact(difference.toSeconds()));
        return HexFormat.of().parseHex(routine.replace("DDDDDDDD", "%08x".formatted(seconds)));
    }

    private static byte[] jump(int from, int to) {
        return ByteBuffer.allocate(5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) JUMP)
                .putInt(to - from - 5)
                .array();
    }

    private static String[] range(long pid) throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/" + pid + "/maps"))) {
            return maps.filter(line -> line.endsWith("[vdso]"))
                    .findFirst()
                    .orElseThrow()
                    .split(" ")[0]
                    .split("-");
        }
    }

    /** The offset of a function in the image, an ELF library whose addresses are its offsets. */
    private static int symbol(ByteBuffer elf, String name) {
        int headers = (int) elf.getLong(PROGRAM_HEADER_OFFSET);
        int strings = 0;
        int symbols = 0;
        for (int i = 0; i < elf.getShort(PROGRAM_HEADER_COUNT); i++) {
            int header = headers + i * PROGRAM_HEADER_BYTES;
            if (elf.getInt(header) == PT_DYNAMIC) {
                int entry = (int) elf.getLong(header + 8);
                for (; elf.getLong(entry) != 0; entry += 16) {
                    if (elf.getLong(entry) == DT_STRTAB) {
                        strings = (int) elf.getLong(entry + 8);
                    } else if (elf.getLong(entry) == DT_SYMTAB) {
                        symbols = (int) elf.getLong(entry + 8);
                    }
                }
            }
        }
        byte[] wanted = (name + '\0').getBytes(StandardCharsets.US_ASCII);
        for (int at = symbols; at < elf.capacity() - SYMBOL_BYTES; at += SYMBOL_BYTES) {
            int text = strings + elf.getInt(at);
            if (text >= 0 && text + wanted.length <= elf.capacity() && isAt(elf, text, wanted)) {
                return (int) elf.getLong(at + 8);
            }
        }
        throw new AssertionError("the vDSO has no " + name);
    }

    private static boolean isAt(ByteBuffer elf, int at, byte[] wanted) {
        byte[] there = new byte[wanted.length];
        elf.get(at, there);
        return java.util.Arrays.equals(there, wanted);
    }

    private static String state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signal(long pid, String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("process " + pid + " has ended");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
