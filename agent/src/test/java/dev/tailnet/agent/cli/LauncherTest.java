package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the program, with a java that shows what it is given. */
class LauncherTest {
    private static final Path HOME =
            Path.of("..", "packaging", "src", "dist").toAbsolutePath().normalize();
    private static final Path LAUNCHER = HOME.resolve("bin/tailnet-agent");

    @TempDir
    private Path directory;

    private String start(Path program, String... arguments) throws Exception {
        Path bin = Files.createDirectories(directory.resolve("java/bin"));
        Files.writeString(directory.resolve("java/release"), "JAVA_VERSION=\"25.0.1\"\n");
        Path java =
                Files.writeString(bin.resolve("java"), "#!/bin/sh\necho \"$@\" options=${JAVA_TOOL_OPTIONS:-none}\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        var command = new ArrayList<String>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TAILNET_JAVA_HOME", directory.resolve("java").toString());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Dx=y");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void tellsByWhichNameItWasCalled() throws Exception {
        assertThat(start(LAUNCHER, "status"))
                .contains("-Ddev.tailnet.program=tailnet-agent ", "Main status options=none");
        assertThat(start(LAUNCHER, "env")).as("which adds to them").contains("Main env options=-Dx=y");
        Path link = Files.createSymbolicLink(directory.resolve("tailscale"), LAUNCHER);
        assertThat(start(link, "status", "--json"))
                .contains("-Ddev.tailnet.program=tailscale ", "Main status --json options=none")
                .contains("-Ddev.tailnet.home=" + HOME);
    }

    /** By its path, by a package's link, and by a link from anywhere; under tailscale's name there is no exec. */
    @Test
    void startsExecWithoutJava() throws Exception {
        Path lib = directory.resolve("lib/tailnet-agent");
        Path launcher = Files.createDirectories(lib.resolve("bin")).resolve("tailnet-agent");
        Files.copy(LAUNCHER, launcher, StandardCopyOption.COPY_ATTRIBUTES);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path exec = Files.createDirectories(lib.resolve("libexec")).resolve("tailnet-exec");
        Files.writeString(exec, "#!/bin/sh\necho \"exec of ${0%/libexec/*}: $*\"\n");
        Files.setPosixFilePermissions(exec, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path ofPackage = Files.createSymbolicLink(
                bin.resolve("tailnet-agent"), Path.of("../lib/tailnet-agent/bin/tailnet-agent"));
        Path elsewhere = Files.createSymbolicLink(directory.resolve("agent"), launcher);
        for (Path each : List.of(launcher, ofPackage, elsewhere)) {
            assertThat(start(each, "exec", "--", "a b")).isEqualTo("exec of " + lib + ": -- a b\n");
        }
        Path tailscale = Files.createSymbolicLink(bin.resolve("tailscale"), launcher);
        assertThat(start(tailscale, "exec", "--", "true")).contains("Main exec -- true");
    }
}
