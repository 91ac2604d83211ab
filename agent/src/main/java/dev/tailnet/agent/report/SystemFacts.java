package dev.tailnet.agent.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The machine as this process sees it: kernel, limits, privileges, networking. Of the environment only names. */
public final class SystemFacts {
    private static final Pattern RELEVANT_VARIABLE = Pattern.compile(
            "(?i)(TS|TAILNET)_.*|.*_PROXY|JAVA_TOOL_OPTIONS|JOURNAL_STREAM|NOTIFY_SOCKET|WATCHDOG_USEC|CREDENTIALS_DIRECTORY");

    private static final List<String> STATUS = List.of("Uid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp", "Threads");
    private static final List<String> LIMITS = List.of("Max open files", "Max processes", "Max locked memory");
    private static final List<String> MEMORY = List.of("MemTotal", "MemAvailable");

    private static final int MAX_BYTES = 4096;

    /** Each a file with one line, or a few that belong together. */
    private static final List<String> WHOLE_FILES = List.of(
            "/proc/version",
            "/proc/self/cgroup",
            "/sys/fs/cgroup/memory.max",
            "/sys/fs/cgroup/cpu.max",
            "/sys/fs/cgroup/pids.max",
            "/proc/sys/net/ipv4/ip_local_port_range",
            "/proc/sys/net/ipv6/conf/all/disable_ipv6",
            "/proc/sys/net/core/somaxconn",
            "/proc/sys/net/core/rmem_max",
            "/proc/sys/kernel/unprivileged_userns_clone",
            "/proc/sys/user/max_user_namespaces",
            "/etc/resolv.conf");

    private static final List<String> PRESENCE =
            List.of("/dev/net/tun", "/.dockerenv", "/run/.containerenv", "/run/systemd/system", "/proc/net/if_inet6");

    private SystemFacts() {}

    /** Gathers them, a {@code name: value} a line; what cannot be read is said to be so. */
    public static String gather(Map<String, String> environment) {
        var facts = new StringBuilder(4 << 10);
        facts.append("java: ").append(Runtime.version()).append('\n');
        facts.append("architecture: ").append(System.getProperty("os.arch")).append('\n');
        facts.append("processors: ")
                .append(Runtime.getRuntime().availableProcessors())
                .append('\n');
        lines(facts, Path.of("/proc/self/status"), STATUS);
        lines(facts, Path.of("/proc/self/limits"), LIMITS);
        lines(facts, Path.of("/proc/meminfo"), MEMORY);
        lines(facts, Path.of("/etc/os-release"), List.of("PRETTY_NAME"));
        WHOLE_FILES.forEach(
                file -> facts.append(file).append(": ").append(text(file)).append('\n'));
        PRESENCE.forEach(file -> facts.append(file)
                .append(": ")
                .append(Files.exists(Path.of(file)) ? "there" : "absent")
                .append('\n'));
        var names = environment.keySet().stream()
                .filter(name -> RELEVANT_VARIABLE.matcher(name).matches())
                .collect(Collectors.toCollection(TreeSet::new));
        return facts.append("variables set: ").append(names).append('\n').toString();
    }

    private static void lines(StringBuilder facts, Path file, List<String> beginnings) {
        try {
            Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> beginnings.stream().anyMatch(line::startsWith))
                    .forEach(line -> facts.append(line.replaceAll("\\s+", " ")).append('\n'));
        } catch (IOException e) {
            facts.append(file).append(": cannot be read\n");
        }
    }

    /** A file of /proc/sys gives what it has to the first read, and to that alone. */
    private static String text(String file) {
        var bytes = new byte[MAX_BYTES];
        try (var in = Files.newInputStream(Path.of(file))) {
            int length = Math.max(0, in.read(bytes));
            return new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
                    .strip()
                    .replace("\n", "\n    ");
        } catch (IOException e) {
            return "cannot be read";
        }
    }
}
