package dev.tailnet.agent;

import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.bridge.StartMemory;
import dev.tailnet.bridge.Stats;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The running agent: its {@link Part parts} and the node, put together, and taken apart again. */
public final class Agent {
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private final Core core;
    private final Parts parts;
    private final Traffic traffic;
    private final ServiceNotices notices;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final AtomicInteger stops = new AtomicInteger();
    private final Shutdown shutdown = new Shutdown();
    private volatile ExitCode exitCode = ExitCode.OK;

    private Agent(Core core, Parts parts, Traffic traffic, ServiceNotices notices) {
        this.core = core;
        this.parts = parts;
        this.traffic = traffic;
        this.notices = notices;
    }

    /**
     * Opens the proxies and, at the same time, starts the node; then the status endpoint. Returns when all of that is
     * done, which does not mean that the node is up: connections wait for it.
     *
     * @throws StartFailure with all that was begun undone
     */
    public static Agent start(Configuration configuration) throws StartFailure {
        var core = Core.make(configuration.settings(), Clock.systemUTC());
        var parts = new Parts(configuration);
        var notices = new ServiceNotices(core, System.getenv());
        var nodeStart = NodeStart.begin(core);
        Traffic traffic;
        try {
            traffic = new Traffic(core);
            parts.open(core.auditing(), new ExposedServices(core), traffic);
            nodeStart.listening();
            parts.open(
                    notices,
                    new CommandSocket(core, nodeStart.node()),
                    new Consoles(core, traffic, parts::configuration),
                    new MetricsPushing(core, traffic.push()));
            nodeStart.await();
        } catch (StartFailure | RuntimeException e) {
            nodeStart.abandon(e);
            takeApart(core, parts, new Shutdown());
            throw e;
        }
        parts.started();
        var agent = new Agent(core, parts, traffic, notices);
        core.node().failed().thenRun(agent::fail);
        agent.up().thenRun(Agent::giveBackMemory);
        return agent;
    }

    /** What it took to come up, once, when what that set going (compilers above all) is done. */
    private static void giveBackMemory() {
        Thread.ofPlatform().daemon().name("give-back-memory").start(() -> {
            LockSupport.parkNanos(SETTLING.toNanos());
            System.gc();
            StartMemory.giveBack();
        });
    }

    private void fail() {
        exitCode = ExitCode.NODE;
        stop();
    }

    /** Where it listens. */
    public List<Listener> listeners() {
        return core.listeners().shown();
    }

    /** Completes once the node is up. */
    public CompletableFuture<?> up() {
        var up = new CompletableFuture<@Nullable Void>();
        Runnable look = () -> {
            if (core.node().state().isRunning()) {
                up.complete(null);
            }
        };
        core.node().onChange(look);
        look.run();
        return up;
    }

    /**
     * Waits for the end.
     *
     * @return the process's exit code
     */
    public int awaitStop() {
        return ended.join();
    }

    /**
     * Takes over what a new configuration changes of forwards, exposed services, users, limits and patience. Who is connected
     * stays connected.
     *
     * @throws ReloadFailure with all as it was
     */
    public void reload(Configuration next) throws ReloadFailure {
        parts.reload(next);
    }

    /** Puts other rules in force, and changes nothing else. */
    public void replacePolicy(PolicySettings rules) {
        parts.replacePolicy(rules, traffic::replace);
    }

    /**
     * Says how the policy is read again when a client asks for that.
     *
     * @param reload returns what came of it, or fails with IllegalStateException and the reason
     */
    public void onPolicyReload(Supplier<String> reload) {
        traffic.policy().onReload(reload);
    }

    /** Runs a reload from the reading of the configuration on, and has the service manager know when it begins and ends. */
    public void reloading(Runnable reload) {
        notices.reloading(reload);
    }

    /**
     * Stops accepting, lets open tunnels go on for the drain timeout, closes the node (an ephemeral one is forgotten by
     * its tailnet) and ends. Returns at once. A second call ends it all without further patience.
     */
    public void stop() {
        switch (stops.getAndIncrement()) {
            case 0 -> Thread.ofPlatform().name("agent-stop").start(this::end);
            case 1 -> shutdown.hurry();
            default -> {}
        }
    }

    private void end() {
        try {
            parts.windDown();
            Stats stats = core.node().stats();
            var atNode = stats == null ? Stats.Inbound.NONE : stats.inbound();
            shutdown.drain(
                    traffic.proxies(), core.inbound(), atNode, parts.settings().drainTimeout());
            parts.drained();
            takeApart(core, parts, shutdown);
        } finally {
            ended.complete(exitCode.code());
        }
    }

    private static void takeApart(Core core, Parts parts, Shutdown shutdown) {
        shutdown.stopNode(core.node());
        parts.close();
        core.close();
    }
}
