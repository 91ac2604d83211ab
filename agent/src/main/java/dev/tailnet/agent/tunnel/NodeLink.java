package dev.tailnet.agent.tunnel;

import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.TailnetNode;
import io.netty.util.concurrent.EventExecutor;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node as far as it is there, with what is pending on it: what all adapters share. */
public final class NodeLink {
    private static final Logger LOGGER = LoggerFactory.getLogger(NodeLink.class);

    /** Far above the numbers of requests, so that the two never meet. */
    private static final long FIRST_ID = 1L << 62;

    private final NodeSupervisor supervisor;
    private final PendingOperations pending;
    private final AtomicLong ids = new AtomicLong(FIRST_ID);

    public NodeLink(NodeSupervisor supervisor, PendingOperations pending) {
        this.supervisor = supervisor;
        this.pending = pending;
    }

    /** Null until the library is loaded. */
    @Nullable
    TailnetNode node() {
        return supervisor.node();
    }

    String whyNotUp() {
        return supervisor.state().reason();
    }

    /** Has the node asked for an operation, which fails when there is no node or it does not accept it. */
    <P extends PendingOperation<?, ?>> P ask(P operation, Consumer<TailnetNode> question) {
        TailnetNode node = supervisor.node();
        if (node == null) {
            operation.fail(Code.NODE_DOWN, whyNotUp());
        } else {
            ask(node, operation, question);
        }
        return operation;
    }

    private void ask(TailnetNode node, PendingOperation<?, ?> operation, Consumer<TailnetNode> question) {
        pending.add(operation);
        try {
            question.accept(node);
        } catch (BridgeException e) {
            pending.remove(operation);
            operation.fail(e.code(), e.getMessage());
        }
    }

    /** The id of an operation that belongs to no request. */
    long nextId() {
        return ids.getAndIncrement();
    }

    /** Starts a tunnel by a call that gives the client's socket away. */
    PendingTunnel tunnel(long id, EventExecutor executor, Consumer<TailnetNode> relay) {
        TailnetNode node = Objects.requireNonNull(supervisor.node(), "a connection was dialed without a node");
        var tunnel = new PendingTunnel(id, executor, this::cancel);
        ask(node, tunnel, relay);
        return tunnel;
    }

    void cancel(long id) {
        TailnetNode node = supervisor.node();
        if (node == null) {
            return;
        }
        try {
            node.cancel(id);
        } catch (BridgeException e) {
            if (e.code() != Code.NODE_DOWN) {
                LOGGER.warn("{}", e.getMessage());
            }
        }
    }
}
