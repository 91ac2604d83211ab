package dev.tailnet.agent.node;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.LibraryException;
import dev.tailnet.bridge.LoginCredential;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.bridge.Stats;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.connect.Readiness;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.EventExecutor;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
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
    private final KeyExpiry keyExpiry;
    private final Rejoin rejoin;
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final Object changing = new Object();
    private final NotificationParser parser = new NotificationParser();
    private NodeCondition condition = NodeCondition.initial();
    private volatile NodeState state;
    private volatile @Nullable SelfNode self;
    private volatile @Nullable Preferences preferences;
    private volatile @Nullable String loginUrl;
    private volatile @Nullable EventExecutor timers;
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
        this.keyExpiry = new KeyExpiry(clock);
        this.rejoin = new Rejoin(settings.credential(), this::logIn, new SplittableRandom());
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
            TailnetNode created = NodeOptionsMaker.create(settings, runtimeDir);
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
            timers = loop;
            loop.register(channel).syncUninterruptibly();
            surroundings.join().applyTo(created);
            NodeOptionsMaker.preferences(settings, created);
            prepare.run();
            created.start();
        } catch (LibraryException e) {
            throw new StartFailure(ExitCode.LIBRARY, e.getMessage(), e);
        } catch (BridgeException | IllegalArgumentException e) {
            throw new StartFailure(ExitCode.NODE, "the node cannot start: " + e.getMessage(), e);
        }
    }

    private void logIn(LoginCredential credential) {
        TailnetNode running = node;
        if (running != null) {
            change(NodeCondition::atLogin);
            running.logIn(credential);
        }
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

    /** What the node is set to do now; null until it has said so. */
    public @Nullable Preferences preferences() {
        return preferences;
    }

    /** Where a person can log the node in; null while that is not asked for. */
    public @Nullable String loginUrl() {
        return loginUrl;
    }

    public Readiness readiness() {
        return readiness;
    }

    /** Has somebody called, on an event loop, when names, peers or routes of the tailnet may have changed, or the node's state has. */
    public void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    /** Whether targets outside the tailnet are to be reached through a peer; that may change while it runs. */
    public boolean isExitNodeWanted() {
        return exitNode.isWanted(preferences);
    }

    /** Why the wanted exit node is not in use; empty when it is, or when none is wanted. */
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
        exitNode.update(event);
        change(UnaryOperator.identity());
        tailnetChanged();
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
            follow(condition);
            NodeState next = exitNode.await(condition.state(login, clock.instant()), state, preferences);
            if (!next.equals(state)) {
                state = next;
                log(next);
                tailnetChanged();
                readiness.update(next);
            }
        }
    }

    private void follow(NodeCondition now) {
        SelfNode known = now.self();
        self = known;
        preferences = now.preferences();
        loginUrl = now.browseToUrl();
        EventExecutor executor = timers;
        if (executor == null) {
            return;
        }
        if (now.stopped()) {
            keyExpiry.stop();
        } else {
            keyExpiry.update(known == null ? null : known.keyExpiry(), executor);
        }
        rejoin.update(now, executor);
    }

    /** The agent's own end is not told here: who ends it says so. */
    private void log(NodeState next) {
        switch (next.kind()) {
            case RUNNING -> {
                LOGGER.info("Node is up: {}", shown(self));
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

    private String shown(@Nullable SelfNode running) {
        Preferences set = preferences;
        String asked = set == null || set.hostname().isEmpty() ? settings.hostname() : set.hostname();
        if (running == null) {
            return asked;
        }
        String shown = running.name() + " " + running.addresses();
        return running.label().equalsIgnoreCase(asked) ? shown : shown + " (it asked to be called " + asked + ")";
    }
}
