package dev.tailnet.testnet.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.testnet.AgentProcess;
import dev.tailnet.testnet.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the AOT cache is good for, and that nothing depends on it. docs/distribution.md tells how it is made. */
class AotCacheIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** What may come from jars before somebody should run packaging/record-classes. */
    private static final double NEW_CLASSES = 0.05;

    private final Distribution built = Distribution.built();

    @TempDir
    private Path directory;

    @BeforeEach
    void needsCache() {
        assumeTrue(Files.exists(built.cache()), "built with -Daot.skip=true");
    }

    @Test
    void hasWhatAnAgentLoads() throws IOException {
        Path log = directory.resolve("classes.log");
        try (var agent = AgentProcess.start(
                built.home(),
                directory.resolve("agent"),
                Map.of(),
                logTo(log),
                List.of("--login-server=http://127.0.0.1:9", "--listen=127.0.0.1:0", "--status-listen=127.0.0.1:0"))) {
            agent.awaitStatus(PATIENCE, status -> !status.path("listeners").isEmpty());
        }

        List<String> loaded = sources(log);
        List<String> fromElsewhere = loaded.stream()
                .filter(line -> !line.contains("shared objects file"))
                .toList();
        assertThat(loaded).hasSizeGreaterThan(1000);
        assertThat((double) fromElsewhere.size() / loaded.size())
                .as("the class list is old: run packaging/record-classes. Not in the cache: %s", fromElsewhere)
                .isLessThan(NEW_CLASSES);
    }

    @Test
    void isPutAsideInSilenceWhenAJarHasAnotherTime() throws IOException {
        var copy = built.copyTo(directory.resolve("copy"));
        Path log = directory.resolve("classes.log");
        Files.setLastModifiedTime(
                copy.home().resolve("lib/tailnet-agent.jar"), FileTime.from(Instant.parse("2026-02-03T04:05:06Z")));

        var version = copy.run(directory, logTo(log), "version");

        assertThat(version.stdout()).startsWith("tailnet-agent ");
        assertThat(version.stderr()).isEmpty();
        assertThat(sources(log)).noneMatch(line -> line.contains("shared objects file"));
    }

    @Test
    void isTheSameByteByByteWhereverItIsMade() throws IOException {
        var copy = built.copyTo(directory.resolve("elsewhere"));
        Files.delete(copy.cache());

        Commands.run(
                        directory,
                        Map.of(),
                        PATIENCE,
                        List.of(
                                copy.home().resolve("runtime/bin/java").toString(),
                                "-cp",
                                Path.of("testnet/target/classes").toAbsolutePath() + ":"
                                        + copy.home().resolve("lib/tailnet-agent.jar"),
                                "dev.tailnet.testnet.training.AotCache",
                                copy.home().toString(),
                                Path.of("src/aot/classes.lst").toAbsolutePath().toString(),
                                directory.resolve("work").toString()))
                .orThrow();

        assertThat(Files.mismatch(copy.cache(), built.cache())).isEqualTo(-1);
    }

    private static Map<String, String> logTo(Path log) {
        return Map.of("TAILNET_JAVA_OPTIONS", "-Xlog:class+load:file=" + log);
    }

    /** Of classes that come from a file; others are made at run time. */
    private static List<String> sources(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("source: jrt:")
                        || line.contains("source: file:")
                        || line.contains("source: shared objects file"))
                .toList();
    }
}
