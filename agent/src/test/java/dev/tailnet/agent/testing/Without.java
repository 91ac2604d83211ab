package dev.tailnet.agent.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The program of {@code src/test/c}, compiled once: it runs others under a seccomp filter. */
public final class Without {
    private static final Path PROGRAM = Path.of("target/without").toAbsolutePath();

    private Without() {}

    /** @param what as the program's head lists it */
    public static List<String> prefix(String what) {
        return List.of(program(), what, "--");
    }

    private static synchronized String program() {
        try {
            if (!Files.exists(PROGRAM)) {
                Path built = PROGRAM.resolveSibling("without.new");
                int code = new ProcessBuilder("cc", "-O1", "-o", built.toString(), "src/test/c/without.c")
                        .inheritIO()
                        .start()
                        .waitFor();
                if (code == 0) {
                    Files.move(built, PROGRAM);
                }
            }
        } catch (IOException e) {
            // Then it is missing, and what needs it is skipped.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return PROGRAM.toString();
    }
}
