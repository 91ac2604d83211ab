package dev.tailnet.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The command line of {@code tailnet-agent exec}, as somebody without privilege starts it. */
public final class ExecCommand {
    /** Who owns nothing. */
    public static final int NOBODY = 65534;

    private ExecCommand() {}

    /** The program behind {@code exec}. */
    public static Path helper() {
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return Path.of(System.getProperty("dev.tailnet.library"))
                .resolveSibling("../exec/tailnet-exec-" + architecture)
                .normalize();
    }

    /** What runs a command as the tests' own user, but without any capability where that is root. */
    public static List<String> withoutCapabilities() {
        return isRoot() ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all") : List.of();
    }

    /** What runs a command as {@link #NOBODY}; as the tests' own user where that is an ordinary one, be it called root in a user namespace. */
    public static List<String> asNobody() {
        return hasNobody()
                ? List.of(
                        "setpriv",
                        "--reuid=" + NOBODY,
                        "--regid=" + NOBODY,
                        "--clear-groups",
                        "--bounding-set=-all",
                        "--inh-caps=-all")
                : withoutCapabilities();
    }

    /** @param flags of {@code exec} */
    public static List<String> of(List<String> prefix, Path runtimeDir, List<String> flags, String... command) {
        var whole = new ArrayList<String>(prefix);
        whole.addAll(List.of(helper().toString(), "--runtime-dir=" + runtimeDir));
        whole.addAll(flags);
        whole.add("--");
        whole.addAll(List.of(command));
        return whole;
    }

    /** Has everybody reach the agent's control socket, as only its own user may otherwise. */
    public static void openToAll(Path runtimeDir) throws IOException {
        Files.setPosixFilePermissions(runtimeDir, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(runtimeDir.resolve("agent.sock"), PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    /** Makes {@link #NOBODY} the owner where the tests are root's. */
    public static Path giveToNobody(Path file) throws IOException {
        if (hasNobody()) {
            Files.setAttribute(file, "unix:uid", NOBODY);
            Files.setAttribute(file, "unix:gid", NOBODY);
        }
        return file;
    }

    /** Whether root can become that user: a user namespace may have no other than root. */
    private static boolean hasNobody() {
        try {
            return isRoot()
                    && Files.readAllLines(Path.of("/proc/self/uid_map")).stream()
                            .map(line -> line.strip().split(" +"))
                            .anyMatch(range -> Long.parseLong(range[0]) + Long.parseLong(range[2]) > NOBODY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
