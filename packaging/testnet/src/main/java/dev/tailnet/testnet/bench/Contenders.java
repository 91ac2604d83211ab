package dev.tailnet.testnet.bench;

import dev.tailnet.testnet.AgentProcess;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.Ports;
import dev.tailnet.testnet.TestNetwork;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Starts the processes to measure, each a new ephemeral node of the test network. */
final class Contenders {
    private final TestNetwork network;
    private final @Nullable Path agentHome;
    private final AtomicInteger count = new AtomicInteger();

    /**
     * Starts nothing yet.
     *
     * @param agentHome the distribution; null measures tailscaled against itself
     */
    Contenders(TestNetwork network, @Nullable Path agentHome) {
        this.network = network;
        this.agentHome = agentHome;
    }

    /** Mints the key of a new one, so that {@link Launch#start} measures nothing but the process. */
    Launch prepare(Side side, InetSocketAddress socks5) {
        var authKey = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        var hostname = side.name().toLowerCase(Locale.ROOT) + "-" + count.incrementAndGet();
        var home = agentHome;
        return side == Side.AGENT && home != null
                ? () -> startAgent(home, hostname, authKey, socks5)
                : () -> startTailscaled(side, hostname, authKey, socks5);
    }

    private Contender startTailscaled(Side side, String hostname, String authKey, InetSocketAddress socks5) {
        var options =
                PeerOptions.plain().withAcceptRoutes(true).withSocks5(socks5).withHttp(Ports.freeTcp());
        return new Tailscaled(side, network.startPeer(hostname, options, authKey));
    }

    private Contender startAgent(Path home, String hostname, String authKey, InetSocketAddress socks5) {
        var process = AgentProcess.start(
                home,
                network.directory().resolve(hostname),
                network.nodeEnvironment(),
                authKey,
                List.of(
                        "--hostname=" + hostname,
                        "--login-server=" + network.controlUrl(),
                        "--listen=" + Ports.hostPort(socks5),
                        "--status-listen=127.0.0.1:0",
                        "--drain-timeout=0s"));
        return new Agent(socks5, process);
    }

    /** Starts the process; returns at once for the agent, and when it has joined for tailscaled. */
    @FunctionalInterface
    interface Launch {
        Contender start();
    }

    private record Tailscaled(Side side, Peer peer) implements Contender {
        @Override
        public InetSocketAddress socks5() {
            return peer.socks5();
        }

        @Override
        public InetSocketAddress http() {
            return peer.http();
        }

        @Override
        public ProcessUsage usage() {
            return new ProcessUsage(peer.pid());
        }

        @Override
        public CommandResult status() {
            return peer.tailscale("status");
        }

        @Override
        public String logTail() {
            return peer.logTail();
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    private record Agent(InetSocketAddress socks5, AgentProcess process) implements Contender {
        @Override
        public Side side() {
            return Side.AGENT;
        }

        @Override
        public InetSocketAddress http() {
            return socks5;
        }

        @Override
        public ProcessUsage usage() {
            return new ProcessUsage(process.pid());
        }

        @Override
        public CommandResult status() {
            return process.command("status");
        }

        @Override
        public String logTail() {
            return process.logTail();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
