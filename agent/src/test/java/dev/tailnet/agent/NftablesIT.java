package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.NetworkNamespace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The rulesets of the distribution, loaded in a network of their own: a host, what is outside of it, and for the second ruleset
 * a container on the host's bridge.
 */
class NftablesIT {
    private static final Path RULESETS =
            Path.of("../packaging/src/dist/nftables").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int AGENT = 61234;
    private static final int NOBODY = 65534;
    private static final String OUTSIDE_V4 = "198.18.7.2";
    private static final String OUTSIDE_V6 = "[2001:db8:7::2]";
    private static final String HOST_ON_BRIDGE = "172.30.0.1";

    private final List<AutoCloseable> open = new ArrayList<>();
    private NetworkNamespace host;
    private NetworkNamespace outside;

    @BeforeEach
    void joinTwoNetworks() {
        assumeTrue(NetworkNamespace.isPossible(), "a network namespace takes root, or CAP_SYS_ADMIN");
        assumeTrue(isInstalled("nft"), "nft is missing: install nftables");
        host = closing(NetworkNamespace.open());
        outside = closing(NetworkNamespace.open());
        assumeTrue(
                host.run("setpriv", "--reuid=" + AGENT, "--clear-groups", "true")
                                .exitCode()
                        == 0,
                "running as another user takes root (setpriv)");
        host.ok("ip", "link", "add", "up0", "type", "veth", "peer", "name", "out0", "netns", "" + outside.pid());
        give(host, "up0", "198.18.7.1/24", "2001:db8:7::1/64");
        give(outside, "out0", OUTSIDE_V4 + "/24", "2001:db8:7::2/64");
        host.ok("ip", "route", "add", "default", "via", OUTSIDE_V4);
        // What arrives is counted where it cannot be hidden from.
        outside.ok(
                "nft",
                "add table inet seen; add chain inet seen input { type filter hook input priority 0; };"
                        + " add counter inet seen datagrams; add rule inet seen input udp dport 9999 counter name datagrams");
        serve(outside);
    }

    @AfterEach
    void leaveNothing() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void onlyTheAgentsUserLeaves() {
        for (String target : List.of(OUTSIDE_V4, OUTSIDE_V6)) {
            assertThat(fetch(host, NOBODY, target)).as("before, to %s", target).isTrue();
        }

        loadAgentOnly();
        for (String target : List.of(OUTSIDE_V4, OUTSIDE_V6)) {
            assertThat(fetch(host, AGENT, target))
                    .as("the agent, to %s", target)
                    .isTrue();
            for (int user : new int[] {NOBODY, 0}) {
                assertThat(fetch(host, user, target))
                        .as("%d, to %s", user, target)
                        .isFalse();
            }
        }
        assertThat(host.run("setpriv", "--reuid=" + NOBODY, "curl", "-sS", "http://" + OUTSIDE_V4 + ":8000/")
                        .errors())
                .as("refused at once, not left to time out")
                .containsAnyOf("No route to host", "Couldn't connect");

        send(host, NOBODY, OUTSIDE_V4);
        assertThat(datagrams()).isZero();
        send(host, AGENT, OUTSIDE_V4);
        Eventually.get(PATIENCE, this::datagrams, seen -> seen == 1);
    }

    @Test
    void loopbackIsFreeAndCallersAreAnswered() {
        serve(host);
        loadAgentOnly();

        assertThat(fetch(host, NOBODY, "127.0.0.1")).isTrue();
        assertThat(fetch(host, NOBODY, "[::1]")).isTrue();
        assertThat(fetch(host, NOBODY, "198.18.7.1")).as("its own address").isTrue();
        assertThat(fetch(outside, 0, "198.18.7.1")).as("from outside").isTrue();
        assertThat(fetch(outside, 0, "[2001:db8:7::1]")).as("from outside").isTrue();
    }

    @Test
    void loadsOverItselfLetsOthersOutAndUnloads() {
        loadAgentOnly();
        loadAgentOnly();
        assertThat(fetch(host, NOBODY, OUTSIDE_V4)).isFalse();

        host.ok("nft", "add element inet tailnet_agent_only may_leave { " + NOBODY + " }");
        assertThat(fetch(host, NOBODY, OUTSIDE_V4)).isTrue();
        assertThat(fetch(host, 0, OUTSIDE_V4)).isFalse();

        host.ok("nft", "delete table inet tailnet_agent_only");
        assertThat(host.ok("nft", "list ruleset")).isEmpty();
        assertThat(fetch(host, 0, OUTSIDE_V4)).isTrue();
    }

    @Test
    void containersReachTheAgentAlone() {
        NetworkNamespace container = closing(NetworkNamespace.open());
        host.ok("ip", "link", "add", "br0", "type", "bridge");
        give(host, "br0", HOST_ON_BRIDGE + "/24", "2001:db8:8::1/64");
        host.ok(
                "ip",
                "link",
                "add",
                "c0",
                "master",
                "br0",
                "up",
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                "" + container.pid());
        give(container, "eth0", "172.30.0.2/24", "2001:db8:8::2/64");
        container.ok("ip", "route", "add", "default", "via", HOST_ON_BRIDGE);
        container.ok("ip", "route", "add", "default", "via", "2001:db8:8::1");
        host.ok("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        outside.ok("ip", "route", "add", "172.30.0.0/24", "via", "198.18.7.1");
        outside.ok("ip", "route", "add", "2001:db8:8::/64", "via", "2001:db8:7::1");
        serve(host);
        serve(container);
        for (String target : List.of(OUTSIDE_V4, OUTSIDE_V6, HOST_ON_BRIDGE)) {
            assertThat(fetch(container, 0, target)).as("before, to %s", target).isTrue();
        }

        host.ok(
                "nft",
                "-D",
                "uplink=up0",
                "-D",
                "agent_port=8000",
                "-f",
                RULESETS.resolve("containers.nft").toString());
        assertThat(fetch(container, 0, OUTSIDE_V4)).isFalse();
        assertThat(fetch(container, 0, OUTSIDE_V6)).isFalse();
        assertThat(fetch(container, 0, HOST_ON_BRIDGE)).as("the agent's port").isTrue();
        assertThat(fetch(outside, 0, "172.30.0.2"))
                .as("a published port, from outside")
                .isTrue();
        assertThat(fetch(host, 0, OUTSIDE_V4)).as("the host itself").isTrue();
        send(container, 0, OUTSIDE_V4);
        assertThat(datagrams()).isZero();

        host.ok(
                "nft",
                "-D",
                "uplink=up0",
                "-D",
                "agent_port=1055",
                "-f",
                RULESETS.resolve("containers.nft").toString());
        assertThat(fetch(container, 0, HOST_ON_BRIDGE))
                .as("another port of the host")
                .isFalse();
    }

    private void loadAgentOnly() {
        host.ok(
                "nft",
                "-D",
                "agent=" + AGENT,
                "-f",
                RULESETS.resolve("agent-only.nft").toString());
    }

    private static void give(NetworkNamespace network, String link, String v4, String v6) {
        network.ok("ip", "address", "add", v4, "dev", link);
        network.ok("ip", "address", "add", v6, "dev", link, "nodad");
        network.ok("ip", "link", "set", link, "up");
    }

    /** A web server on port 8000 of both families. */
    private void serve(NetworkNamespace network) {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString();
        Process server = network.start(program, "-b", "::", "-p", "8000", "-d", RULESETS.toString(), "-o", "none");
        open.add(server::destroy);
        Eventually.get(PATIENCE, () -> fetch(network, 0, "127.0.0.1"), isServed -> isServed);
    }

    private static boolean fetch(NetworkNamespace from, int user, String target) {
        var run = from.run(
                "setpriv",
                "--reuid=" + user,
                "--clear-groups",
                "curl",
                "-q",
                "-sSg",
                "--noproxy",
                "*",
                "--max-time",
                "20",
                "http://" + target + ":8000/");
        return run.exitCode() == 0 && run.output().contains("agent-only.nft");
    }

    private static void send(NetworkNamespace from, int user, String target) {
        from.run("setpriv", "--reuid=" + user, "--clear-groups", "bash", "-c", "echo >/dev/udp/" + target + "/9999");
    }

    private long datagrams() {
        String listing = outside.ok("nft", "list counter inet seen datagrams");
        return Long.parseLong(listing.replaceAll("(?s).*packets (\\d+) .*", "$1"));
    }

    private static boolean isInstalled(String program) {
        return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
                .anyMatch(folder -> Path.of(folder, program).toFile().canExecute());
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }
}
