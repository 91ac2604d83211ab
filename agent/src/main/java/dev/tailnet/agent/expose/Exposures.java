package dev.tailnet.agent.expose;

import dev.tailnet.agent.config.ExposeSpec;
import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.TailnetNode;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is exposed to the tailnet, kept in step between the configuration, the agent's own listeners and the node. */
public final class Exposures {
    private static final Logger LOGGER = LoggerFactory.getLogger(Exposures.class);

    private final Supplier<@Nullable TailnetNode> node;
    private final Supplier<? extends Collection<InetSocketAddress>> ownListeners;
    private volatile BooleanSupplier judged = () -> false;
    private volatile List<ExposeSpec> current = List.of();
    private int limit;
    private boolean closed;

    /**
     * @param node null until there is one
     * @param ownListeners where this agent listens: what {@code all} leaves out
     */
    public Exposures(
            Supplier<@Nullable TailnetNode> node, Supplier<? extends Collection<InetSocketAddress>> ownListeners) {
        this.node = node;
        this.ownListeners = ownListeners;
    }

    /** From now on the node asks about each connection when this says so; {@link #refresh} tells it. */
    public void judgedIf(BooleanSupplier isAsked) {
        judged = isAsked;
    }

    /**
     * Replaces what is exposed. What is no longer exposed takes no more connections; those it has go on. Before there is
     * a node it is kept for {@link #refresh}.
     *
     * @param maxConnections how many may be open at once
     * @throws BridgeException if the node turns it down: what was exposed still is
     */
    public synchronized void apply(List<ExposeSpec> specs, int maxConnections) {
        List<ExposeSpec> before = current;
        int limitBefore = limit;
        current = List.copyOf(specs);
        limit = maxConnections;
        try {
            refresh();
        } catch (BridgeException e) {
            current = before;
            limit = limitBefore;
            throw e;
        }
    }

    /** Tells the node once more: it has just been made, the agent listens elsewhere, or there is another policy. */
    public synchronized void refresh() {
        TailnetNode target = node.get();
        if (target == null) {
            return;
        }
        try {
            target.expose(ExposureTable.lines(
                    closed ? List.of() : current, limit, judged.getAsBoolean(), ownListeners.get()));
        } catch (BridgeException e) {
            if (e.code() != Code.NODE_DOWN) {
                throw e;
            }
            LOGGER.debug("Nothing can be exposed any more: {}", e.getMessage());
        }
    }

    /** Takes no more connections, for good. */
    public synchronized void close() {
        closed = true;
        refresh();
    }

    public List<ExposeSpec> current() {
        return current;
    }
}
