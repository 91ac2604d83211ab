package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {
    private static final Rotation NEVER = new Rotation(0, Duration.ZERO, 0);

    @TempDir
    private Path directory;

    private final SetClock clock = new SetClock();

    /** Stands still until it is set. */
    private static final class SetClock extends Clock {
        private Instant now = Events.TIME;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private Path file() {
        return directory.resolve("audit.log");
    }

    private FileSink sink(Rotation rotation) {
        return new FileSink(file(), rotation, true, clock);
    }

    private static String line(int number) {
        return "{\"time\":\"2026-01-02T03:04:05.000000Z\",\"number\":" + number + "}";
    }

    private static Batch batch(int first, int last) {
        var batch = new Batch();
        for (int i = first; i <= last; i++) {
            batch.add(line(i).getBytes(StandardCharsets.US_ASCII));
        }
        return batch;
    }

    private static List<String> lines(int first, int last) {
        List<String> lines = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            lines.add(line(i));
        }
        return lines;
    }

    private List<String> allLines() throws IOException {
        List<String> all = new ArrayList<>();
        for (Path rotated : Rotation.rotated(file())) {
            all.addAll(Files.readAllLines(rotated));
        }
        all.addAll(Files.readAllLines(file()));
        return all;
    }

    @Test
    void onlyTheOwnerMayRead() throws IOException {
        try (var sink = sink(NEVER)) {
            sink.write(batch(1, 2));
        }
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        try (var sink = sink(NEVER)) {
            sink.open();
        }
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readAllLines(file())).isEqualTo(lines(1, 2));
    }

    @Test
    void isRotatedBySizeAndLeavesSoManyFiles() throws IOException {
        int size = line(10).length() + 1;
        try (var sink = sink(new Rotation(3L * size, Duration.ZERO, 2))) {
            for (int i = 10; i < 22; i++) {
                clock.now = clock.now.plusSeconds(1);
                sink.write(batch(i, i));
            }
        }
        assertThat(Rotation.rotated(file())).hasSize(2).allSatisfy(rotated -> {
            assertThat(Files.size(rotated)).isEqualTo(3L * size);
            assertThat(Files.getPosixFilePermissions(rotated)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        });
        assertThat(allLines()).isEqualTo(lines(13, 21));
    }

    @Test
    void rotationsInTheSameInstantHaveNamesOfTheirOwn() throws IOException {
        try (var sink = sink(new Rotation(1, Duration.ZERO, 0))) {
            for (int i = 0; i < 5; i++) {
                sink.write(batch(i, i));
            }
        }
        assertThat(Rotation.rotated(file())).hasSize(4);
        assertThat(allLines()).isEqualTo(lines(0, 4));
    }

    @Test
    void isRotatedByAgeAlsoWithoutALine() throws IOException {
        try (var sink = sink(new Rotation(0, Duration.ofHours(1), 0))) {
            sink.write(batch(1, 1));
            clock.now = clock.now.plus(Duration.ofMinutes(59));
            sink.tick();
            sink.write(batch(2, 2));
            assertThat(Rotation.rotated(file())).isEmpty();
            clock.now = clock.now.plus(Duration.ofMinutes(1));
            sink.tick();
            assertThat(Rotation.rotated(file())).hasSize(1);
            assertThat(file()).isEmptyFile();
            clock.now = clock.now.plus(Duration.ofHours(2));
            sink.tick();
            sink.write(batch(3, 3));
        }
        assertThat(Rotation.rotated(file())).hasSize(1);
        assertThat(allLines()).isEqualTo(lines(1, 3));
    }

    @Test
    void theAgeOfAFileIsThatOfItsFirstLine() throws IOException {
        Files.writeString(file(), line(1) + "\n");
        clock.now = Instant.parse("2026-01-02T04:04:05Z");
        try (var sink = sink(new Rotation(0, Duration.ofHours(1), 0))) {
            sink.write(batch(2, 2));
        }
        assertThat(Rotation.rotated(file())).hasSize(1);
        assertThat(Files.readAllLines(file())).isEqualTo(lines(2, 2));
    }

    @Test
    void whatWasTornWhenTheMachineStoppedIsCutOff() throws IOException {
        Files.writeString(file(), line(1) + "\n" + line(2).substring(0, 20));
        try (var sink = sink(NEVER)) {
            sink.write(batch(3, 4));
        }
        assertThat(Files.readString(file())).isEqualTo(line(1) + "\n" + line(3) + "\n" + line(4) + "\n");
    }

    @Test
    void aFileOfAnotherKindIsLeftAlone() throws IOException {
        Files.writeString(file(), "root:x:0:0:root");
        try (var sink = sink(NEVER)) {
            assertThatThrownBy(sink::open).hasMessage("it holds something else than an audit log");
        }
        assertThat(file()).hasContent("root:x:0:0:root");
    }

    @Test
    void oneThatSomebodyElseHasMovedIsOpenedAnew() throws IOException {
        Path moved = directory.resolve("moved");
        try (var sink = sink(NEVER)) {
            sink.write(batch(1, 1));
            Files.move(file(), moved);
            sink.write(batch(2, 2));
            sink.tick();
            sink.write(batch(3, 3));
        }
        assertThat(Files.readAllLines(moved)).isEqualTo(lines(1, 2));
        assertThat(Files.readAllLines(file())).isEqualTo(lines(3, 3));
    }

    @Test
    void whatIsTruncatedInPlaceGoesOnAtItsNewEnd() throws IOException {
        try (var sink = sink(NEVER)) {
            sink.write(batch(1, 3));
            Files.write(file(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
            sink.write(batch(4, 4));
        }
        assertThat(Files.readAllLines(file())).isEqualTo(lines(4, 4));
    }

    @Test
    void aDeviceIsWrittenToAsItIs() throws IOException {
        try (var full = new FileSink(Path.of("/dev/full"), NEVER, false, clock);
                var sink =
                        new FileSink(Path.of("/dev/null"), new Rotation(1, Duration.ofSeconds(1), 1), false, clock)) {
            var batch = batch(1, 3);
            assertThatThrownBy(() -> full.write(batch)).isInstanceOf(IOException.class);
            assertThat(batch.isTaken()).isFalse();
            sink.write(batch);
            assertThat(batch.isTaken()).isTrue();
            sink.tick();
        }
        assertThat(Path.of("/dev/null")).exists();
    }

    /** The system's limit of a file's size stands for a disk's. */
    @Test
    void aFullDiskTearsNoLine() throws Exception {
        int limit = 10_000;
        Process process = new ProcessBuilder(
                        "prlimit",
                        "--fsize=" + limit,
                        "--",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FillUp.class.getName(),
                        file().toString())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(said).contains("failed at ").doesNotContain("Exception in thread");
            int whole = Integer.parseInt(said.replaceAll("(?s).*taken (\\d+)\\R.*", "$1"));
            assertThat(Files.size(file())).isBetween(limit - 100L, (long) limit);
            assertThat(Files.readString(file())).endsWith("}\n");
            assertThat(Files.readAllLines(file())).isEqualTo(lines(1, whole));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Writes until the system takes no more. */
    static final class FillUp {
        private FillUp() {}

        public static void main(String... arguments) throws IOException {
            try (var sink = new FileSink(Path.of(arguments[0]), NEVER, false, Clock.systemUTC())) {
                var batch = batch(1, 1000);
                try {
                    sink.write(batch);
                } catch (IOException e) {
                    System.out.println("failed at " + e.getMessage());
                }
                int left = (int) StandardCharsets.US_ASCII
                        .decode(batch.rest())
                        .toString()
                        .lines()
                        .count();
                System.out.println("taken " + (1000 - left));
            }
        }
    }
}
