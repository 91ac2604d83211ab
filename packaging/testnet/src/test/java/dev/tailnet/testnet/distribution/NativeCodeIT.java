package dev.tailnet.testnet.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.testnet.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the native code of the distribution asks of the system: the glibc that the README names, and nothing else. */
class NativeCodeIT {
    /** Of 2012; Debian 8 and RHEL 7 have it. */
    private static final int OLDEST_GLIBC = 17;

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final Pattern VERSION = Pattern.compile("Name: GLIBC_2\\.(\\d+)");
    private static final Pattern NEEDED = Pattern.compile("\\(NEEDED\\).*\\[(.+)]");
    private static final Pattern OF_GLIBC =
            Pattern.compile("(libc|libm|libdl|libpthread|librt|libresolv|ld-linux.*)\\.so\\.\\d");

    @TempDir
    private Path directory;

    @BeforeEach
    void needsReadelf() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/readelf")), "readelf is missing: install binutils");
    }

    @Test
    void runsOnTheOldestGlibcThatIsNamed() throws IOException {
        List<Path> files = elfFiles();
        for (Path file : files) {
            for (Matcher version = VERSION.matcher(readelf("--version-info", file)); version.find(); ) {
                assertThat(Integer.parseInt(version.group(1)))
                        .as("%s asks for glibc 2.%s", file, version.group(1))
                        .isLessThanOrEqualTo(OLDEST_GLIBC);
            }
        }
    }

    @Test
    void needsGlibcAndWhatTheDistributionHas() throws IOException {
        List<Path> files = elfFiles();
        var names = new TreeSet<String>();
        files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        for (Path file : files) {
            for (Matcher needed = NEEDED.matcher(readelf("--dynamic", file)); needed.find(); ) {
                String library = needed.group(1);
                assertThat(names.contains(library) || OF_GLIBC.matcher(library).matches())
                        .as("%s needs %s", file, library)
                        .isTrue();
            }
        }
    }

    private static List<Path> elfFiles() throws IOException {
        try (var all = Files.walk(Distribution.built().home())) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .filter(NativeCodeIT::isElf)
                    .sorted()
                    .toList();
            assertThat(files).hasSizeGreaterThan(10);
            return files;
        }
    }

    private static boolean isElf(Path file) {
        try (var in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(ELF.length), ELF);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readelf(String what, Path file) {
        return Commands.run(
                        directory,
                        Map.of("LC_ALL", "C"),
                        Duration.ofSeconds(30),
                        List.of("readelf", "--wide", what, file.toString()))
                .orThrow()
                .stdout();
    }
}
