package dev.tailnet.agent.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Something that a sandbox takes away from the agent in it. */
public enum Restriction {
    NAME_OF_THE_USER(List.of("unshare", "--user", "--map-user=54321", "--map-group=54321")),
    HOME(List.of("env", "-u", "HOME")),
    WRITABLE_ROOT(mounts("mount --bind \"$PWD\" \"$PWD\"; " + Scripts.READ_ONLY)),
    WRITABLE_ROOT_AND_HOME(mounts("mount --bind \"$PWD\" \"$PWD\"; " + Scripts.READ_ONLY + "unset HOME; cd /; ")),
    NOTHING_WRITABLE(mounts(Scripts.READ_ONLY + "mount -o remount,bind,ro \"$PWD\" 2>/dev/null || true; ")),
    EXECUTABLE_TEMPORARY_DIRECTORY(mounts("mount --bind \"$PWD\" \"$PWD\"; mount -o remount,bind,noexec \"$PWD\"; ")),
    PROC_SYS(mounts("mount -t tmpfs none /proc/sys; ")),
    SYS(mounts("mount -t tmpfs none /sys; ")),
    DOCKERS_REFUSED_CALLS(Scripts.without("docker")),
    IPV6(Scripts.without("ipv6")),
    NETLINK(Scripts.without("netlink")),
    WHAT_GVISOR_HAS_NOT(Scripts.without("gvisor")),
    THE_SECOND_CORE(List.of("taskset", "--cpu-list", "0")),
    MEMORY_BEYOND_256_MB(Scripts.memory());

    private final List<String> prefix;

    Restriction(List<String> prefix) {
        this.prefix = prefix;
    }

    /** Whether this machine can take it away. */
    public boolean isPossible() {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            Path directory = Files.createTempDirectory("restriction");
            try {
                return new ProcessBuilder(command)
                                .directory(directory.toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
            } finally {
                Files.delete(directory);
            }
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** An agent that has its native code unpacked, as in the distribution, and lacks this. */
    public AgentProcess.Builder on(AgentProcess.Builder builder) {
        return builder.through(prefix)
                .javaOptions(
                        "-Djna.boot.library.path=" + NativeCode.DIRECTORY,
                        "-Djna.nounpack=true",
                        "-Djava.library.path=" + NativeCode.DIRECTORY,
                        "-Djava.io.tmpdir=" + builder.directory());
    }

    /** Removes the control group, which outlives the processes in it. */
    public static void cleanUp() throws IOException {
        Files.deleteIfExists(Path.of("/sys/fs/cgroup/memory/tailnet-agent-test"));
        Files.deleteIfExists(Path.of("/sys/fs/cgroup/tailnet-agent-test"));
    }

    private static List<String> mounts(String script) {
        return List.of("unshare", "--mount", "--propagation=private", "sh", "-ec", script + "exec \"$@\"", "sh");
    }

    private static final class Scripts {
        /** Every mount but the agent's own directory and what is no file system of files. */
        static final String READ_ONLY =
                "cut -d' ' -f5 /proc/self/mountinfo | while read -r at; do case $at in \"$PWD\" | /proc* | /sys*"
                        + " | /dev*) ;; *) mount -o remount,bind,ro \"$at\" 2>/dev/null || true ;; esac; done; ! touch /tmp/written 2>/dev/null; ";

        private Scripts() {}

        static List<String> without(String what) {
            return Without.prefix(what);
        }

        /** A control group of its own, of whichever version is there and writable. */
        static List<String> memory() {
            return List.of(
                    "sh",
                    "-ec",
                    "if [ -w /sys/fs/cgroup/memory/cgroup.procs ]; then at=/sys/fs/cgroup/memory/tailnet-agent-test;"
                            + " limit=memory.limit_in_bytes; else grep -qw memory /sys/fs/cgroup/cgroup.subtree_control;"
                            + " at=/sys/fs/cgroup/tailnet-agent-test; limit=memory.max; fi;"
                            + " mkdir -p $at; echo 268435456 >$at/$limit; echo $$ >$at/cgroup.procs; exec \"$@\"",
                    "sh");
        }
    }

    /** JNA's and Netty's, unpacked. */
    private static final class NativeCode {
        static final Path DIRECTORY = unpack();

        private static Path unpack() {
            boolean isArm = System.getProperty("os.arch").equals("aarch64");
            try {
                Path directory =
                        Files.createDirectories(Path.of("target/native-code").toAbsolutePath());
                copy("com/sun/jna/" + (isArm ? "linux-aarch64" : "linux-x86-64") + "/libjnidispatch.so", directory);
                copy(
                        "META-INF/native/libnetty_transport_native_epoll_" + (isArm ? "aarch_64" : "x86_64") + ".so",
                        directory);
                return directory;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void copy(String resource, Path directory) throws IOException {
            try (InputStream in = Objects.requireNonNull(
                    Restriction.class.getClassLoader().getResourceAsStream(resource), resource)) {
                Path file = directory.resolve(Path.of(resource).getFileName());
                if (!Files.exists(file)) {
                    Files.write(file, in.readAllBytes());
                }
            }
        }
    }
}
