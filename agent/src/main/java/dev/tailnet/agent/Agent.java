package dev.tailnet.agent;

import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.config.UpstreamSettings;
import dev.tailnet.agent.expose.Exposures;
import dev.tailnet.agent.expose.InboundConnections;
import dev.tailnet.agent.metrics.Metrics;
import dev.tailnet.agent.metrics.Sources;
import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.agent.node.Surroundings;
import dev.tailnet.agent.status.LocalApi;
import dev.tailnet.agent.status.NameLookup;
import dev.tailnet.agent.status.StatusServer;
import dev.tailnet.agent.tunnel.BridgeDatagramDialer;
import dev.tailnet.agent.tunnel.BridgeRouteTable;
import dev.tailnet.agent.tunnel.BridgeSockets;
import dev.tailnet.agent.tunnel.NodeLink;
import dev.tailnet.agent.tunnel.PendingOperations;
import dev.tailnet.bridge.Stats;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Slf4jAuditSink;
import dev.tailnet.proxy.auth.UserAuthenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.server.BindFailure;
import dev.tailnet.proxy.server.EpollFailure;
import dev.tailnet.proxy.server.EventLoops;
import dev.tailnet.proxy.server.ListenerSpec;
import dev.tailnet.proxy.server.ProxyServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running agent: proxies, node and status endpoint, put together, and taken apart again. */
public final class Agent {
    /** More loops than this do not help: the bytes are moved elsewhere. */
    private static final int MAX_EVENT_LOOPS = 4;

    private static final String CONTROL_SOCKET = "agent.sock";
    private static final Logger LOGGER = LoggerFactory.getLogger(Agent.class);

    private final RuntimeClaim claim;
    private final Settings settings;
    private final EventLoops loops;
    private final NodeSupervisor node;
    private final OpenListeners listeners = new OpenListeners();
    private final InboundConnections inbound = new InboundConnections();
    private final Exposures exposures;
    private final CommandSocket commands;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final AtomicInteger stops = new AtomicInteger();
    private final Shutdown shutdown = new Shutdown();
    private final UserAuthenticator authenticator;
    private volatile Duration drainTimeout;
    private volatile ExitCode exitCode = ExitCode.OK;
    private @Nullable Connector connector;
    private @Nullable ProxyServer proxies;
    private @Nullable LiveForwards forwards;
    private @Nullable Names names;
    private @Nullable StatusServer status;

    private Agent(RuntimeClaim claim, Settings settings, EventLoops loops, PendingOperations pending, Clock clock) {
        this.claim = claim;
        this.settings = settings;
        this.loops = loops;
        this.authenticator = new UserAuthenticator(settings.users().orElse(null));
        this.drainTimeout = settings.drainTimeout();
        this.node = new NodeSupervisor(settings.node(), settings.runtimeDir(), pending, inbound, clock);
        this.commands = new CommandSocket(settings.localApi());
        this.exposures = new Exposures(node::node, listeners::addresses);
    }

    /**
     * Opens the proxies and, at the same time, starts the node; then the status endpoint. Returns when all of that is
     * done, which does not mean that the node is up: connections wait for it.
     *
     * @throws StartFailure with all that was begun undone
     */
    public static Agent start(Settings settings) throws StartFailure {
        RuntimeClaim claim =
                RuntimeClaim.on(settings.runtimeDir(), settings.localApi().isShared());
        Agent agent;
        try {
            if (settings.node().stateDir().isPresent()) {
                StateDirectory.prepare(settings.node().stateDir().get());
            }
            var pending = new PendingOperations();
            agent = new Agent(claim, settings, openLoops(), pending, Clock.systemUTC());
            agent.begin(pending);
        } catch (StartFailure | RuntimeException e) {
            claim.close();
            throw e;
        }
        return agent;
    }

    private static EventLoops openLoops() throws StartFailure {
        try {
            return EventLoops.open(
                    Math.min(MAX_EVENT_LOOPS, Runtime.getRuntime().availableProcessors()));
        } catch (EpollFailure e) {
            throw new StartFailure(ExitCode.LIBRARY, String.valueOf(e.getMessage()), e);
        }
    }

    private void begin(PendingOperations pending) throws StartFailure {
        var bound = new CompletableFuture<Surroundings>();
        exposures.apply(settings.exposed(), settings.limits().connections());
        listeners.onChange(exposures::refresh);
        CompletableFuture<Void> nodeStart = startNode(bound);
        try {
            openProxies(pending);
            bound.complete(surroundings());
            openStatus();
            join(nodeStart);
            commands.open(loops.group(), node, listeners);
        } catch (StartFailure | RuntimeException e) {
            bound.completeExceptionally(e);
            undo(nodeStart);
            throw e;
        }
        node.failed().thenRun(() -> {
            exitCode = ExitCode.NODE;
            stop();
        });
    }

    private Surroundings surroundings() {
        var upstream = settings.upstream().filter(UpstreamSettings::control);
        return new Surroundings(
                listeners.addresses(),
                listeners.dns(),
                upstream.map(UpstreamSettings::proxy).orElse(null),
                upstream.map(UpstreamSettings::noProxy).orElse(List.of()),
                settings.localApi().operator().orElse(null));
    }

    private CompletableFuture<Void> startNode(CompletableFuture<Surroundings> listenersBound) {
        var started = new CompletableFuture<Void>();
        Thread.ofPlatform().daemon().name("node-start").start(() -> {
            try {
                node.start(loops.group().next(), listenersBound, exposures::refresh);
                started.complete(null);
            } catch (StartFailure | RuntimeException | LinkageError e) {
                started.completeExceptionally(e);
            }
        });
        return started;
    }

    private static void join(CompletableFuture<Void> nodeStart) throws StartFailure {
        try {
            nodeStart.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StartFailure failure) {
                throw failure;
            }
            throw e;
        }
    }

    private void openProxies(PendingOperations pending) throws StartFailure {
        var link = new NodeLink(node, pending);
        var view = new RunningView(settings, node, listeners, exposures, inbound, this::proxies);
        var own = new OwnListeners(listeners::addresses);
        var policy = new BasePolicy(internet(), own);
        var shared = new Names(link, node, policy);
        names = shared;
        var routes = new BridgeRouteTable(link);
        var sockets = new BridgeSockets(link);
        var datagrams = new DatagramCounters();
        var metrics = new Metrics(new Sources(
                node::state,
                view::connections,
                view::nodeSample,
                inbound::counts,
                shared.resolver()::counts,
                shared::dnsCounts,
                datagrams::counts));
        var made = new Connector(
                policy,
                node.readiness(),
                shared.resolver(),
                routes,
                ConnectionWays.of(settings, link, sockets, own, shared.resolver()),
                AuditSink.all(new Slf4jAuditSink(), metrics),
                LimitTerms.timeouts(settings.limits()),
                sockets);
        connector = made;
        ProxyServer opened;
        try {
            opened = ProxyServer.bind(
                    loops,
                    ListenerSpecs.of(settings.listeners()),
                    made,
                    new Datagrams(made, new BridgeDatagramDialer(link), datagrams),
                    authenticator,
                    LimitTerms.limits(settings.limits()));
        } catch (BindFailure e) {
            throw new StartFailure(ExitCode.LISTEN, String.valueOf(e.getMessage()), e);
        }
        proxies = opened;
        try {
            var opening = new LiveForwards(opened.forwards(), listeners);
            forwards = opening;
            var unused = opening.apply(settings.forwards());
        } catch (BindFailure e) {
            throw new StartFailure(ExitCode.LISTEN, "forward: " + e.getMessage(), e);
        }
        for (ListenerSpec listener : opened.listeners()) {
            listeners.add(listener);
            LOGGER.info(
                    "Listening on {} ({})", Endpoints.show(listener.address()), OpenListeners.name(listener.kind()));
        }
        shared.listen(loops, settings.listeners().dns(), listeners);
        status = new StatusServer(
                loops.group(),
                view,
                new LocalApi(loops.group(), node::node),
                new NameLookup(shared.resolver(), routes),
                metrics,
                opened::tunnel,
                Clock.systemUTC());
    }

    private Internet internet() {
        return switch (settings.internet()) {
            case DIRECT -> Internet.DIRECT;
            case DENY -> Internet.DENY;
            case EXIT_NODE -> new Internet.ThroughExitNode(node::exitNodeTrouble);
        };
    }

    private void openStatus() throws StartFailure {
        StatusServer opened = status;
        if (opened == null) {
            throw new IllegalStateException("the proxies open first");
        }
        if (settings.listeners().status().isPresent()) {
            InetSocketAddress address =
                    opened.bind(settings.listeners().status().get());
            listeners.addStatus(address);
            LOGGER.info("Status at http://{}/", Endpoints.show(address));
        }
        Path socket = settings.runtimeDir().resolve(CONTROL_SOCKET);
        opened.bind(socket);
        listeners.addControl(socket);
        opened.warmUp();
    }

    private @Nullable ProxyServer proxies() {
        return proxies;
    }

    private void undo(CompletableFuture<Void> nodeStart) {
        // The start thread may be about to make the node; what it makes has to be closed.
        nodeStart.handle((done, failure) -> null).join();
        takeApart(proxies);
    }

    private void takeApart(@Nullable ProxyServer server) {
        commands.close();
        shutdown.stopNode(node);
        if (server != null) {
            server.stopAccepting().awaitUninterruptibly();
        }
        if (names != null) {
            names.close();
        }
        if (status != null) {
            status.close();
        }
        loops.close();
        claim.close();
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
    public synchronized void reload(Settings next) throws ReloadFailure {
        // What can fail comes first.
        List<ForwardSpec> before = forward(next.forwards());
        try {
            exposures.apply(next.exposed(), next.limits().connections());
        } catch (RuntimeException e) {
            forward(before);
            throw new ReloadFailure(String.valueOf(e.getMessage()), e);
        }
        authenticator.replace(next.users().orElse(null));
        if (proxies != null) {
            proxies.limit(LimitTerms.limits(next.limits()));
        }
        if (connector != null) {
            connector.limit(LimitTerms.timeouts(next.limits()));
        }
        drainTimeout = next.drainTimeout();
    }

    /** Returns what was forwarded before. */
    private List<ForwardSpec> forward(List<ForwardSpec> wanted) throws ReloadFailure {
        try {
            return forwards == null ? List.of() : forwards.apply(wanted);
        } catch (BindFailure e) {
            throw new ReloadFailure("forward: " + e.getMessage(), e);
        }
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
            ProxyServer server = proxies;
            if (server != null) {
                listeners.close();
                exposures.close();
                Stats stats = node.stats();
                var atNode = stats == null ? Stats.Inbound.NONE : stats.inbound();
                shutdown.drain(server, inbound, atNode, drainTimeout);
            }
            takeApart(server);
        } finally {
            ended.complete(exitCode.code());
        }
    }
}
