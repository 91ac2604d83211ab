package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.Timeouts;
import dev.tailnet.proxy.connect.Ways;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.dial.Gateway;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.relay.Sockets;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.resolve.Resolver;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.server.BindFailure;
import dev.tailnet.proxy.server.EpollFailure;
import dev.tailnet.proxy.server.EventLoops;
import dev.tailnet.proxy.server.Limits;
import dev.tailnet.proxy.server.ListenerSpec;
import dev.tailnet.proxy.server.ProxyServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A running proxy on a loopback port, all of whose surroundings a test sets: every address is the tailnet's unless said otherwise. */
public final class TestProxy implements AutoCloseable {
    public static final Policy ALLOW_ALL = new Policy() {
        @Override
        public Verdict onTarget(ConnectRequest request) {
            return Verdict.allowed();
        }

        @Override
        public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
            return Verdict.allowed();
        }

        @Override
        public Verdict onUnresolved(ConnectRequest request, Route route) {
            return Verdict.allowed();
        }
    };

    private static final int THREADS = 2;

    private final EventLoops loops;
    private final TestReadiness readiness = new TestReadiness();
    private final TestResolver resolver = new TestResolver();
    private final Map<InetAddress, Route> routes = new ConcurrentHashMap<>();
    private volatile Route defaultRoute = Route.TAILNET;
    private final NettyDialer tailnet = new NettyDialer();
    private final NettyDialer direct = new NettyDialer();
    private final NettyDatagramDialer datagrams = new NettyDatagramDialer();
    private final DatagramCounters counters = new DatagramCounters();
    private final RecordingAudit audit = new RecordingAudit();
    private final Connector connector;
    private final ProxyServer server;

    /** What a test may choose at the start. */
    public record Options(
            Policy policy,
            Timeouts timeouts,
            Limits limits,
            ListenerSpec.Kind kind,
            Sockets sockets,
            Authenticator authenticator) {
        public static final Options DEFAULT = new Options(
                ALLOW_ALL,
                Timeouts.DEFAULT,
                Limits.DEFAULT,
                ListenerSpec.Kind.MIXED,
                new TestSockets(),
                Authenticator.NONE);

        public Options with(Policy chosen) {
            return new Options(chosen, timeouts, limits, kind, sockets, authenticator);
        }

        public Options with(Limits chosen) {
            return new Options(policy, timeouts, chosen, kind, sockets, authenticator);
        }

        public Options with(ListenerSpec.Kind chosen) {
            return new Options(policy, timeouts, limits, chosen, sockets, authenticator);
        }

        public Options with(Sockets chosen) {
            return new Options(policy, timeouts, limits, kind, chosen, authenticator);
        }

        public Options with(Timeouts chosen) {
            return new Options(policy, chosen, limits, kind, sockets, authenticator);
        }

        public Options with(Authenticator chosen) {
            return new Options(policy, timeouts, limits, kind, sockets, chosen);
        }

        public Options dialTimeout(Duration dial) {
            return new Options(
                    policy,
                    new Timeouts(timeouts.readiness(), timeouts.lookup(), dial, timeouts.idle()),
                    limits,
                    kind,
                    sockets,
                    authenticator);
        }
    }

    private TestProxy(Options options, @Nullable Gateway gateway, @Nullable Resolver tailnetNames)
            throws BindFailure, EpollFailure {
        loops = EventLoops.open(THREADS);
        connector = new Connector(
                options.policy(),
                readiness,
                tailnetNames == null ? resolver.resolvers() : new Resolvers(resolver, tailnetNames),
                address -> routes.getOrDefault(address, defaultRoute),
                new Ways(tailnet, direct, gateway),
                audit,
                options.timeouts(),
                options.sockets());
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = ProxyServer.bind(
                loops,
                List.of(new ListenerSpec(options.kind(), address)),
                connector,
                new Datagrams(connector, datagrams, counters),
                options.authenticator(),
                options.limits());
    }

    public static TestProxy start() throws BindFailure, EpollFailure {
        return start(Options.DEFAULT);
    }

    public static TestProxy start(Options options) throws BindFailure, EpollFailure {
        return new TestProxy(options, null, null);
    }

    /** One that reaches what is direct through another proxy. */
    public static TestProxy start(Options options, Gateway gateway, Resolver tailnetNames)
            throws BindFailure, EpollFailure {
        return new TestProxy(options, gateway, tailnetNames);
    }

    public InetSocketAddress address() {
        return server.listeners().getFirst().address();
    }

    public EventLoops loops() {
        return loops;
    }

    public Connector connector() {
        return connector;
    }

    public ProxyServer server() {
        return server;
    }

    public TestReadiness readiness() {
        return readiness;
    }

    public TestResolver resolver() {
        return resolver;
    }

    public Map<InetAddress, Route> routes() {
        return routes;
    }

    /** From now on an address is nobody's, and not dialed, unless {@link #routes} says otherwise. */
    public void unownedByDefault() {
        defaultRoute = Route.UNOWNED;
    }

    /** From now on an address is outside the tailnet unless {@link #routes} says otherwise. */
    public void directByDefault() {
        defaultRoute = Route.DIRECT;
    }

    public NettyDialer tailnet() {
        return tailnet;
    }

    public NettyDialer direct() {
        return direct;
    }

    public NettyDatagramDialer datagrams() {
        return datagrams;
    }

    public DatagramCounters counters() {
        return counters;
    }

    public RecordingAudit audit() {
        return audit;
    }

    @Override
    public void close() {
        server.drain(Duration.ZERO).awaitUninterruptibly();
        loops.close();
    }
}
