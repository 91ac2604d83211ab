package dev.tailnet.testnet;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The programs of the test network, as {@code packaging/testnet/build-tools} built them. The system property
 * {@code dev.tailnet.testnet.bin} names another directory to take them from.
 */
public final class Binaries {
    private Binaries() {}

    /** The control server. */
    public static Path headscale() {
        return find("headscale");
    }

    /** The daemon of a peer. */
    public static Path tailscaled() {
        return find("tailscaled");
    }

    /**
     * The same with its functions in another order. Two processes whose code lies at the same addresses train the processor's
     * branch predictor for each other: a far peer of the same file makes tailscaled's round trips a tenth shorter.
     */
    public static Path tailscaledRelaid() {
        return find("tailscaled-relaid");
    }

    /** The command line of a peer. */
    public static Path tailscale() {
        return find("tailscale");
    }

    /** The version of {@link #tailscaled} and {@link #tailscale}, such as {@code 1.102.5}. */
    public static String tailscaleVersion() {
        return ChildProcess.run(
                        directory(),
                        Map.of(),
                        Duration.ofSeconds(10),
                        List.of(tailscale().toString(), "version"))
                .orThrow()
                .stdout()
                .lines()
                .findFirst()
                .orElse("of unknown version");
    }

    private static Path find(String name) {
        Path file = directory().resolve(name);
        if (!Files.isExecutable(file)) {
            throw new TestNetworkException(
                    name + " is not in " + file.getParent() + ". Build it with packaging/testnet/build-tools.");
        }
        return file;
    }

    private static Path directory() {
        var configured = System.getProperty("dev.tailnet.testnet.bin");
        if (configured != null) {
            return Path.of(configured).toAbsolutePath();
        }
        try {
            // Both target/classes and target/testnet-*.jar lie beside target/bin.
            var code = Binaries.class.getProtectionDomain().getCodeSource().getLocation();
            return Path.of(code.toURI()).resolveSibling("bin").toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new TestNetworkException("cannot tell where the test network's classes are", e);
        }
    }
}
