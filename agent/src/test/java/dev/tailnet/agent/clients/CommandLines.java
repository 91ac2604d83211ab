package dev.tailnet.agent.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The program of this class path under both its names, as executables in a directory for the PATH. */
final class CommandLines {
    private final Path directory;

    private CommandLines(Path directory) {
        this.directory = directory;
    }

    static CommandLines in(Path parent) {
        try {
            Path directory = Files.createTempDirectory(parent, "bin");
            for (String name : new String[] {"tailnet-agent", "tailscale"}) {
                Path script = Files.writeString(directory.resolve(name), script(name));
                Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            return new CommandLines(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String script(String name) {
        return """
                #!/bin/sh
                exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto --enable-native-access=ALL-UNNAMED \\
                  -Ddev.tailnet.program=%s -Ddev.tailnet.library='%s' -cp '%s' dev.tailnet.agent.cli.Main "$@"
                """.formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        name,
                        System.getProperty("dev.tailnet.library", ""),
                        System.getProperty("java.class.path"));
    }

    Path directory() {
        return directory;
    }

    Program tailnetAgent(Path home) {
        return Program.at(directory.resolve("tailnet-agent"), home);
    }

    Program tailscale(Path home) {
        return Program.at(directory.resolve("tailscale"), home);
    }
}
