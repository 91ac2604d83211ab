package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A short id that tells sandboxes of one image apart, of lowercase letters and digits. It is, in this order:
 *
 * <ol>
 *   <li>the one that an earlier start left in the state directory;
 *   <li>the first 12 digits of the container's id, as {@code docker ps} shows them;
 *   <li>a hash of what the machine has of its own: host name, machine id and, without a state directory, the id of this boot.
 *       Virtual machines that go on from one snapshot have all of that in common.
 * </ol>
 */
public final class SandboxId {
    /** In the state directory. */
    private static final String FILE = "sandbox-id";

    private static final Pattern VALID = Pattern.compile("[a-z0-9]{1,32}");

    /** Where container runtimes keep the files that they mount into a container, or its control group. */
    private static final Pattern CONTAINER = Pattern.compile(
            "(?:containers|sandboxes|docker|libpod|crio|cri-containerd|overlay-containers)[-/:]([0-9a-f]{64})");

    private static final int CONTAINER_DIGITS = 12;
    private static final int HASH_BYTES = 4;

    private SandboxId() {}

    static String of(Optional<Path> stateDir) {
        return stateDir.flatMap(directory -> read(directory.resolve(FILE)))
                .filter(stored -> VALID.matcher(stored).matches())
                .or(SandboxId::ofContainer)
                .orElseGet(() -> ofMachine(stateDir.isEmpty()));
    }

    /**
     * Leaves it in the state directory for the starts to come.
     *
     * @throws IOException if it cannot be written
     */
    public static void keep(String id, Path stateDir) throws IOException {
        var file = stateDir.resolve(FILE);
        if (Files.notExists(file)) {
            Files.writeString(file, id + "\n");
        }
    }

    private static Optional<String> ofContainer() {
        return containerIn(read(Path.of("/proc/self/cgroup")).orElse(""))
                .or(() -> containerIn(read(Path.of("/proc/self/mountinfo")).orElse("")));
    }

    static Optional<String> containerIn(String text) {
        var id = CONTAINER.matcher(text);
        return id.find() ? Optional.of(id.group(1).substring(0, CONTAINER_DIGITS)) : Optional.empty();
    }

    private static String ofMachine(boolean ofThisBoot) {
        var facts = read(Path.of("/proc/sys/kernel/hostname")).orElse("")
                + '\n'
                + read(Path.of("/etc/machine-id")).orElse("")
                + '\n'
                + (ofThisBoot ? read(Path.of("/proc/sys/kernel/random/boot_id")).orElse("") : "");
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(facts.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
