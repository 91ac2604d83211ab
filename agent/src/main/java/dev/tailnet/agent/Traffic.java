package dev.tailnet.agent;

import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.expose.InboundJudge;
import dev.tailnet.agent.metrics.Metrics;
import dev.tailnet.agent.metrics.MetricsPush;
import dev.tailnet.agent.metrics.Sources;
import dev.tailnet.agent.status.NameLookup;
import dev.tailnet.agent.status.Tunnels;
import dev.tailnet.agent.tunnel.BridgeDatagramDialer;
import dev.tailnet.agent.tunnel.BridgeRouteTable;
import dev.tailnet.agent.tunnel.BridgeSockets;
import dev.tailnet.agent.tunnel.NodeLink;
import dev.tailnet.proxy.auth.UserAuthenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.LocalRequest;
import dev.tailnet.proxy.server.BindFailure;
import dev.tailnet.proxy.server.ListenerSpec;
import dev.tailnet.proxy.server.ProxyServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients' connections pass: listeners and forwards, users, policy, names, routes, ways, witnesses. */
final class Traffic implements Part {
    private static final Logger LOGGER = LoggerFactory.getLogger(Traffic.class);

    private final Core core;
    private final NodeLink link;
    private final BridgeRouteTable routes;
    private final AgentPolicy policy;
    private final Names names;
    private final DatagramCounters datagrams = new DatagramCounters();
    private final RunningView view;
    private final Metrics metrics;
    private final Optional<MetricsPush> push;
    private final UserAuthenticator authenticator;
    private final Connector connector;
    private volatile @Nullable ProxyServer proxies;
    private @Nullable LiveForwards forwards;

    Traffic(Core core) {
        this.core = core;
        var settings = core.settings();
        link = new NodeLink(core.node(), core.pending());
        routes = new BridgeRouteTable(link);
        var own = new OwnListeners(core.listeners()::addresses);
        policy = new AgentPolicy(settings.policy(), core.outside()::now, own);
        judgeInbound();
        names = new Names(link, core.node(), routes, policy.policy());
        var watched = Watched.in(core);
        view = new RunningView(core, this::counts, watched.observed());
        var sources = new Sources(
                core.node()::state,
                core.node()::self,
                this::counts,
                view::nodeSample,
                core.inbound()::counts,
                names.resolver()::counts,
                names::dnsCounts,
                datagrams::counts,
                core.auditing()::report);
        metrics = new Metrics(sources);
        push = settings.otlp()
                .map(otlp -> new MetricsPush(otlp, sources, settings.node().hostname()));
        core.inbound().tell(metrics);
        push.ifPresent(core.inbound()::tell);
        authenticator = new UserAuthenticator(settings.users().orElse(null));
        var sockets = new BridgeSockets(link);
        connector = new Connector(
                policy.policy(),
                core.auditing().before(core.node().readiness()),
                names.resolvers(),
                routes,
                ConnectionWays.of(settings.upstream(), core.outside()::isDirect, link, sockets, own, names.resolver()),
                Witnesses.of(metrics, push, watched, core.auditing()),
                LimitTerms.timeouts(settings.limits()),
                sockets);
    }

    private void judgeInbound() {
        var auditing = core.auditing();
        var judge = new InboundJudge(policy.policy(), auditing.isRequired(), auditing::hasRoom, core.node()::node);
        core.inbound().judgeBy(judge);
        core.exposures().judgedIf(judge::isAsked);
    }

    @Override
    public void open() throws StartFailure {
        var settings = core.settings();
        ProxyServer opened;
        try {
            opened = ProxyServer.bind(
                    core.loops(),
                    ListenerSpecs.of(settings.listeners()),
                    connector,
                    new Datagrams(connector, new BridgeDatagramDialer(link), datagrams),
                    authenticator,
                    LimitTerms.limits(settings.limits()));
        } catch (BindFailure e) {
            throw new StartFailure(ExitCode.LISTEN, String.valueOf(e.getMessage()), e);
        }
        proxies = opened;
        try {
            var opening = new LiveForwards(opened.forwards(), core.listeners());
            forwards = opening;
            opening.apply(settings.forwards());
        } catch (BindFailure e) {
            throw new StartFailure(ExitCode.LISTEN, forwardTrouble(e), e);
        }
        for (ListenerSpec listener : opened.listeners()) {
            core.listeners().add(listener);
            LOGGER.info(
                    "Listening on {} ({})", AddressText.of(listener.address()), OpenListeners.name(listener.kind()));
        }
        names.listen(core.loops(), settings.listeners().dns(), core.listeners());
    }

    private static String forwardTrouble(BindFailure e) {
        return "forward: " + e.getMessage();
    }

    /** What can fail comes first. Who is connected stays connected. */
    @Override
    public void apply(Settings next) throws ReloadFailure {
        try {
            if (forwards != null) {
                forwards.apply(next.forwards());
            }
        } catch (BindFailure e) {
            throw new ReloadFailure(forwardTrouble(e), e);
        }
        authenticator.replace(next.users().orElse(null));
        proxies().limit(LimitTerms.limits(next.limits()));
        connector.limit(LimitTerms.timeouts(next.limits()));
        replace(next.policy());
    }

    /** Puts other rules in force. */
    void replace(PolicySettings rules) {
        policy.replace(rules, this::endWhatIsDenied);
    }

    private int endWhatIsDenied(boolean isToEnd) {
        core.exposures().refresh();
        return isToEnd ? connector.endWhatIsDenied() + core.inbound().endWhatIsDenied() : 0;
    }

    @Override
    public void started() {
        policy.review();
    }

    @Override
    public void windDown() {
        core.listeners().close();
    }

    @Override
    public void close() {
        ProxyServer server = proxies;
        if (server != null) {
            server.stopAccepting().awaitUninterruptibly();
        }
        names.close();
    }

    /** @throws NullPointerException before {@link #open} */
    ProxyServer proxies() {
        return Objects.requireNonNull(proxies, "the proxies are not open");
    }

    RunningView view() {
        return view;
    }

    Metrics metrics() {
        return metrics;
    }

    AgentPolicy policy() {
        return policy;
    }

    /** Empty when the settings name no collector. */
    Optional<MetricsPush> push() {
        return push;
    }

    NameLookup lookup() {
        return new NameLookup(names.resolvers(), routes);
    }

    Tunnels tunnels() {
        return new Tunnels() {
            @Override
            public boolean open(Channel client, LocalRequest request) {
                return proxies().tunnel(client, names.believed(request));
            }

            @Override
            public boolean openNames(ChannelPipeline pipeline) {
                names.serve(pipeline);
                return true;
            }
        };
    }

    private Counts counts() {
        ProxyServer server = proxies;
        return server == null ? Counts.NONE : server.counts();
    }
}
