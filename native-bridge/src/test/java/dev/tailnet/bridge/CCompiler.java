package dev.tailnet.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the C compiler that cgo needs anyway. */
final class CCompiler {
    private CCompiler() {}

    /** Makes a shared library of one source text. */
    static Path library(Path file, String source) throws IOException, InterruptedException {
        Path text = Files.writeString(file.resolveSibling(file.getFileName() + ".c"), source);
        return run(file, List.of("-shared", "-fPIC", text.toString()));
    }

    /** Makes a program that is linked with the library under test. */
    static Path program(Path file, Path source) throws IOException, InterruptedException {
        Path library = Libtailscale.file();
        return run(
                file,
                List.of(
                        "-std=gnu11",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-Isrc/main/include",
                        source.toString(),
                        library.toString(),
                        "-Wl,-rpath," + library.getParent(),
                        "-lpthread"));
    }

    private static Path run(Path output, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gcc", "-o", output.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed:\n" + said);
        }
        return output;
    }
}
