package dev.tailnet.testnet.distribution;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The distribution that the build made, or a part of a copy of it. */
record Distribution(Path home) {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    static Distribution built() {
        Path home = Path.of("target/tailnet-agent").toAbsolutePath();
        assumeTrue(Files.exists(home), "these are tests of the module 'packaging'");
        return new Distribution(home);
    }

    Path cache() {
        return home.resolve("lib/tailnet-agent.aot");
    }

    /** The same in another folder; the runtime is not copied. */
    Distribution copyTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String part : List.of("bin", "lib")) {
            Commands.run(
                            folder,
                            Map.of(),
                            TIMEOUT,
                            List.of("cp", "-a", home.resolve(part).toString(), folder.toString()))
                    .orThrow();
        }
        Files.createSymbolicLink(folder.resolve("runtime"), home.resolve("runtime"));
        return new Distribution(folder);
    }

    /** Runs a verb. */
    CommandResult run(Path directory, Map<String, String> environment, String... words) {
        var command = new ArrayList<>(List.of(home.resolve("bin/tailnet-agent").toString()));
        command.addAll(List.of(words));
        return Commands.run(directory, environment, TIMEOUT, command);
    }
}
