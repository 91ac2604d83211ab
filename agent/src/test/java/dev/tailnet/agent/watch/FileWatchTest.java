package dev.tailnet.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FileWatchTest {
    @TempDir
    private Path directory;

    private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @Test
    void noticesAWriteAndAFileInPlaceOfTheOld() throws Exception {
        Path file = Files.writeString(directory.resolve("policy.yaml"), "one");
        try (var unused = FileWatch.of(file, () -> seen.add(read(file)))) {
            Files.writeString(file, "two, longer");
            assertThat(next()).isEqualTo("two, longer");

            Path draft = Files.writeString(directory.resolve(".policy.yaml.swp"), "three");
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            assertThat(next()).isEqualTo("three");

            Files.delete(file);
            Files.writeString(file, "four, again");
            assertThat(next()).isEqualTo("four, again");
        }
    }

    @Test
    void followsALinkThatIsTurned() throws Exception {
        Path first = Files.createDirectory(directory.resolve("first"));
        Path second = Files.createDirectory(directory.resolve("second"));
        Files.writeString(first.resolve("policy.yaml"), "one");
        Files.writeString(second.resolve("policy.yaml"), "two");
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        Path data = Files.createSymbolicLink(mounted.resolve("..data"), first);
        Path file = Files.createSymbolicLink(mounted.resolve("policy.yaml"), Path.of("..data/policy.yaml"));
        try (var unused = FileWatch.of(file, () -> seen.add(read(file)))) {
            Path turned = Files.createSymbolicLink(mounted.resolve("..data_tmp"), second);
            Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            assertThat(next()).isEqualTo("two");

            Files.writeString(second.resolve("policy.yaml"), "three, in place");
            assertThat(next()).isEqualTo("three, in place");
        }
    }

    @Test
    void otherFilesBesideItAreNoChange() throws Exception {
        Path file = Files.writeString(directory.resolve("policy.yaml"), "one");
        try (var unused = FileWatch.of(file, () -> seen.add(read(file)))) {
            Files.writeString(directory.resolve("other"), "x");
            Files.writeString(file, "two, longer");
            assertThat(next()).isEqualTo("two, longer");
            assertThat(seen).isEmpty();
        }
    }

    private @Nullable String next() throws InterruptedException {
        return seen.poll(20, TimeUnit.SECONDS);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
