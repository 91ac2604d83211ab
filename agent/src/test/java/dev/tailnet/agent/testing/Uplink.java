package dev.tailnet.agent.testing;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/**
 * A way out of a process's own network, to the network of the tests: an interface with an address and a default route. Closing it
 * takes all of that away, as a pulled cable does.
 */
public final class Uplink implements AutoCloseable {
    /** An address of the network of the tests that is reached over it. */
    public static final String FAR_SIDE = "198.18.0.1";

    private final int number;

    private Uplink(int number) {
        this.number = number;
    }

    /** Skips the test where the network must not be changed. */
    public static void assumePossible() {
        try {
            assumeThat(NetworkInterface.getByName("uplink"))
                    .as("the tests have a network namespace of their own, in which interfaces may be made")
                    .isNotNull();
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param pid of a process that has a network namespace of its own
     * @param number another for each: its subnet
     */
    public static Uplink of(long pid, int number) {
        var uplink = new Uplink(number);
        run("", "ip", "link", "add", uplink.name(), "type", "veth", "peer", "name", "eth" + number, "netns", "" + pid);
        run("""
                address add %1$s.1/24 dev %2$s
                link set %2$s up
                """.formatted(uplink.subnet(), uplink.name()), "ip", "-batch", "-");
        run("""
                address add %1$s.2/24 dev eth%2$d
                link set eth%2$d up
                route add default via %1$s.1
                """.formatted(uplink.subnet(), number), "nsenter", "--net=/proc/" + pid + "/ns/net", "ip", "-batch", "-");
        return uplink;
    }

    /** The address at the process's side. */
    public String address() {
        return subnet() + ".2";
    }

    private String subnet() {
        return "198.19." + number;
    }

    private String name() {
        return "wan" + number;
    }

    @Override
    public void close() {
        run("", "ip", "link", "delete", name());
    }

    private static void run(String input, String... command) {
        try {
            Process running =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = running.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (running.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
