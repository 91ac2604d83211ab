package dev.tailnet.agent;

import dev.tailnet.agent.expose.InboundConnections;
import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.bridge.Stats;
import dev.tailnet.proxy.server.ProxyServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long the end may take, and cutting it short. */
final class Shutdown {
    private static final Logger LOGGER = LoggerFactory.getLogger(Shutdown.class);

    /** The library gives the logout five seconds. */
    private static final Duration NODE_PATIENCE = Duration.ofSeconds(7);

    private final CompletableFuture<Void> hurry = new CompletableFuture<>();

    void hurry() {
        hurry.complete(null);
    }

    /**
     * Waits for what goes out and what comes in. What comes in ends with the node, if not before.
     *
     * @param atNode what has come in, as the node says
     */
    void drain(ProxyServer proxies, InboundConnections inbound, Stats.Inbound atNode, Duration patience) {
        var drained = new CompletableFuture<Void>();
        long tunnels = proxies.counts().live() + atNode.open();
        if (tunnels > 0) {
            LOGGER.info("Waiting up to {} s for {} open connections", patience.toSeconds(), tunnels);
        }
        proxies.drain(patience).addListener(done -> {
            if (done.isSuccess() && done.getNow() instanceof Integer cut && cut > 0) {
                LOGGER.info("{} connections were still open and have been closed", cut);
            }
            drained.complete(null);
        });
        long start = System.nanoTime();
        await(inbound.drained(atNode.accepted()), patience);
        await(drained, patience.plusSeconds(2).minusNanos(System.nanoTime() - start));
    }

    void stopNode(NodeSupervisor node) {
        if (!await(node.stop(), NODE_PATIENCE) && !hurry.isDone()) {
            LOGGER.warn(
                    "The node did not stop within {} s; its tailnet may show it for a while",
                    NODE_PATIENCE.toSeconds());
        }
    }

    private boolean await(CompletableFuture<Void> step, Duration patience) {
        try {
            CompletableFuture.anyOf(step, hurry).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            LOGGER.warn("A step of the end failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return step.isDone();
    }
}
