package dev.tailnet.agent.node;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.bridge.AuthKey;
import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.LibraryException;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.bridge.NodeOptions;
import dev.tailnet.bridge.Stats;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.connect.Readiness;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the node: starts it, follows its events, says how it is doing, closes it. */
public final class NodeSupervisor {
    private static final Logger LOGGER = LoggerFactory.getLogger(NodeSupervisor.class);

    private final NodeSettings settings;
    private final Path runtimeDir;
    private final OperationEvents operations;
    private final InboundEvents inbound;
    private final Clock clock;
    private final Login login;
    private final NodeReadiness readiness;
    private final ExitNodeCondition exitNode;
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final Object changing = new Object();
    private final NotificationParser parser = new NotificationParser();
    private NodeCondition condition = NodeCondition.initial();
    private volatile NodeState state;
    private volatile @Nullable SelfNode self;
    private volatile @Nullable TailnetNode node;

    public NodeSupervisor(
            NodeSettings settings, Path runtimeDir, OperationEvents operations, InboundEvents inbound, Clock clock) {
        this.settings = settings;
        this.runtimeDir = runtimeDir;
        this.operations = operations;
        this.inbound = inbound;
        this.clock = clock;
        this.login = Login.of(settings);
        this.exitNode = new ExitNodeCondition(settings.exitNode());
        this.state = condition.state(login, clock.instant());
        this.readiness = new NodeReadiness(state);
    }

    /**
     * Loads the library, makes the node and starts it. Takes a good part of a second, most of it for the library; what
     * the node does afterwards is told by {@link #state}.
     *
     * @param loop reads the node's events
     * @param surroundings known once the listeners are bound, and waited for after the slow part
     * @param prepare what has to be told to the node before it starts
     * @throws StartFailure if the library cannot be used or turns the settings down
     * @throws java.util.concurrent.CompletionException if the listeners could not be bound
     */
    public void start(EventLoop loop, CompletableFuture<Surroundings> surroundings, Runnable prepare)
            throws StartFailure {
        try {
            TailnetNode created = create();
            node = created;
            var channel = new EpollDomainSocketChannel(created.eventsFd());
            channel.pipeline()
                    .addLast(new LengthFieldBasedFrameDecoder(
                            NodeEvent.MAX_FRAME_BYTES + NodeEvent.LENGTH_FIELD_BYTES,
                            0,
                            NodeEvent.LENGTH_FIELD_BYTES,
                            0,
                            NodeEvent.LENGTH_FIELD_BYTES))
                    .addLast(new EventStreamHandler(this, operations, inbound));
            loop.register(channel).syncUninterruptibly();
            surroundings.join().applyTo(created);
            settings.exitNode().ifPresent(created::setExitNode);
            prepare.run();
            created.start();
        } catch (LibraryException e) {
            throw new StartFailure(ExitCode.LIBRARY, e.getMessage(), e);
        } catch (BridgeException | IllegalArgumentException e) {
            throw new StartFailure(ExitCode.NODE, "the node cannot start: " + e.getMessage(), e);
        }
    }

    private TailnetNode create() {
        if (settings.authKey().isEmpty()) {
            return TailnetNode.create(options(null));
        }
        try (AuthKey key = AuthKey.of(settings.authKey().get().secret().reveal())) {
            return TailnetNode.create(options(key));
        }
    }

    private NodeOptions options(@Nullable AuthKey key) {
        return new NodeOptions(
                settings.hostname(),
                settings.loginServer(),
                key,
                settings.ephemeral(),
                settings.stateDir().orElse(null),
                runtimeDir,
                settings.tags(),
                settings.acceptRoutes(),
                true);
    }

    /** The node, from the moment it is made; null before. Calls on a closed one fail with {@link Code#NODE_DOWN}. */
    public @Nullable TailnetNode node() {
        return node;
    }

    public NodeState state() {
        return state;
    }

    /** What the control server last said about this node; null before the first login. */
    public @Nullable SelfNode self() {
        return self;
    }

    public Readiness readiness() {
        return readiness;
    }

    /** Has somebody called, on an event loop, when names, peers or routes of the tailnet may have changed, or the node's state has. */
    public void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    /** Why the exit node that the settings name is not in use; empty when it is, or when they name none. */
    public String exitNodeTrouble() {
        return exitNode.trouble();
    }

    /** Completes if the node cannot start, which it tells only after {@link #start} has returned. */
    public CompletableFuture<Void> failed() {
        return failed;
    }

    /** The library's numbers; null while there is no node. */
    public @Nullable Stats stats() {
        TailnetNode running = node;
        try {
            return running == null ? null : running.stats();
        } catch (BridgeException e) {
            return null;
        }
    }

    /**
     * Closes the node: its tunnels end, an ephemeral one logs out, for at most 5 s.
     *
     * @return completes when the node is gone
     */
    public CompletableFuture<Void> stop() {
        change(NodeCondition::afterStop);
        TailnetNode running = node;
        if (running == null) {
            gone.complete(null);
        } else {
            try {
                running.close();
            } catch (BridgeException e) {
                LOGGER.warn("{}", e.getMessage());
                gone.complete(null);
            }
        }
        return gone;
    }

    void started(NodeEvent.Started event) {
        if (event.code() != Code.OK) {
            change(condition -> condition.afterStartFailure("the node cannot start: " + event.message()));
            failed.complete(null);
        }
    }

    void notified(NodeEvent.Notify event) {
        Notification news = parser.parse(event.json());
        change(condition -> condition.after(news));
    }

    void tailnetChanged() {
        changeListeners.forEach(Runnable::run);
    }

    void exitNode(NodeEvent.ExitNode event) {
        exitNode.update(event.problem());
        change(UnaryOperator.identity());
    }

    void stopped(NodeEvent.Stopped event) {
        if (event.code() != Code.OK) {
            LOGGER.warn("The node did not stop cleanly: {}", event.message());
        }
    }

    void streamEnded() {
        change(NodeCondition::afterStop);
        gone.complete(null);
    }

    private void change(UnaryOperator<NodeCondition> step) {
        synchronized (changing) {
            condition = step.apply(condition);
            self = condition.self();
            NodeState next = exitNode.await(condition.state(login, clock.instant()));
            if (!next.equals(state)) {
                state = next;
                log(next);
                tailnetChanged();
                readiness.update(next);
            }
        }
    }

    /** The agent's own end is not told here: who ends it says so. */
    private void log(NodeState next) {
        switch (next.kind()) {
            case RUNNING -> {
                SelfNode running = self;
                LOGGER.info(
                        "Node is up: {}",
                        running == null ? settings.hostname() : running.name() + " " + running.addresses());
            }
            case STOPPED -> {
                if (!condition.stopped()) {
                    LOGGER.warn("Node is not up: {}", next.reason());
                }
            }
            case STARTING, NEEDS_LOGIN, NEEDS_APPROVAL, FAILED -> {
                switch (next.outlook()) {
                    case FINE -> LOGGER.info("Node is starting: {}", next.reason());
                    case TRYING -> LOGGER.warn("Node is not up: {}", next.reason());
                    case STUCK -> LOGGER.error("Node is not up: {}", next.reason());
                }
            }
        }
    }
}
