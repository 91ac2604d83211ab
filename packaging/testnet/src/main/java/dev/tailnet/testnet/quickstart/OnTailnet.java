package dev.tailnet.testnet.quickstart;

import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.TestNetworkException;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * Runs a command beside a whole tailnet on loopback, for the checks of packages, and ends with its exit code. The command finds in its
 * environment CONTROL_URL; AUTH_KEY, reusable, and EPHEMERAL_KEY; PAGE_URL, which the host {@code demo} of the tailnet serves, and
 * PAGE_TEXT, what it says.
 */
public final class OnTailnet {
    private static final String PAGE_TEXT = "Hello from demo, a host of the tailnet.";

    private OnTailnet() {}

    /**
     * Runs it.
     *
     * @param command program and arguments
     */
    public static void main(String[] command) throws IOException, InterruptedException {
        int exitCode;
        try (var network = TestNetwork.start();
                var page = new PageServer(InetAddress.ofLiteral("127.0.0.1"), PAGE_TEXT + "\n")) {
            network.startPeer("demo");
            var builder = new ProcessBuilder(List.of(command)).inheritIO();
            var environment = builder.environment();
            environment.putAll(network.nodeEnvironment());
            environment.put("CONTROL_URL", network.controlUrl().toString());
            var key = AuthKeyOptions.singleUse().withReusable(true);
            environment.put("AUTH_KEY", network.createAuthKey(key));
            environment.put("EPHEMERAL_KEY", network.createAuthKey(key.withEphemeral(true)));
            environment.put("PAGE_URL", "http://demo.%s:%d/".formatted(network.baseDomain(), page.port()));
            environment.put("PAGE_TEXT", PAGE_TEXT);
            exitCode = builder.start().waitFor();
        } catch (TestNetworkException e) {
            System.err.println("the test network: " + e.getMessage());
            exitCode = 1;
        }
        System.exit(exitCode);
    }
}
