package dev.tailnet.agent.cli;

import dev.tailnet.agent.check.AgentSide;
import dev.tailnet.agent.check.NameAnswer;
import dev.tailnet.agent.check.NodeView;
import dev.tailnet.agent.check.PingAnswer;
import dev.tailnet.agent.check.TailnetView;
import dev.tailnet.agent.check.TunnelAnswer;
import dev.tailnet.agent.check.Unanswered;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The agent in a runtime directory, for {@code check}: asked over its control socket, and the node over its LocalAPI. */
final class RunningAgentSide implements AgentSide {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String LOCAL_API = "localapi";
    private static final List<String> PROXIES = List.of("mixed", "http", "socks5");

    private final Path runtimeDir;
    private final ControlClient control;
    private LocalApiClient node;

    RunningAgentSide(Path runtimeDir) {
        this.runtimeDir = runtimeDir;
        this.control = new ControlClient(runtimeDir, TIMEOUT);
        this.node = new LocalApiClient(runtimeDir.resolve(LocalApiClient.SOCKET), TIMEOUT);
    }

    @Override
    public Optional<String> absence() {
        try {
            ControlConnection.open(runtimeDir, TIMEOUT).close();
            return Optional.empty();
        } catch (ControlException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public NodeView node() throws Unanswered {
        try {
            var status = Json.parse(control.get("/status"));
            listener(status, LOCAL_API).ifPresent(socket -> node = new LocalApiClient(Path.of(socket), TIMEOUT));
            return view(status);
        } catch (ControlException e) {
            throw new Unanswered(String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<String> listener(Json status, String kind) {
        return status.objects("listeners").stream()
                .filter(listener -> listener.text("kind").orElse("").equals(kind))
                .flatMap(listener -> listener.text("address").stream())
                .findFirst();
    }

    private static NodeView view(Json status) {
        var version = status.object("version");
        return new NodeView(
                status.text("state").orElse(""),
                status.text("reason").orElse(""),
                status.text("cause").orElse(""),
                status.text("dnsName").or(() -> status.text("hostname")).orElse(""),
                status.texts("addresses"),
                status.text("controlServer").orElse(""),
                status.text("derpHome").orElse(""),
                status.objects("listeners").stream()
                        .filter(listener ->
                                PROXIES.contains(listener.text("kind").orElse("")))
                        .flatMap(listener -> listener.text("address").stream())
                        .toList(),
                status.objects("peers").stream().map(RunningAgentSide::peer).toList(),
                Program.NAME + " " + version.text("agent").orElse(""),
                version.text("tailscale").orElse(""),
                status.texts("warnings"));
    }

    private static NodeView.Peer peer(Json peer) {
        return new NodeView.Peer(
                peer.text("name").orElse(""),
                peer.text("dnsName").orElse(""),
                peer.texts("addresses"),
                peer.isTrue("online"),
                peer.text("lastSeen").orElse(""));
    }

    @Override
    public Optional<TailnetView> tailnet() {
        try {
            var status = Json.parse(node.get("status?peers=false"));
            var prefs = Json.parse(node.get("prefs"));
            var tailnet = status.object("CurrentTailnet");
            return Optional.of(new TailnetView(
                    status.object("Self").isTrue("Online"),
                    tailnet.isTrue("MagicDNSEnabled"),
                    tailnet.text("MagicDNSSuffix").orElse("").toLowerCase(Locale.ROOT),
                    prefs.isTrue("CorpDNS"),
                    prefs.isTrue("RouteAll")));
        } catch (ControlException e) {
            return Optional.empty();
        }
    }

    @Override
    public NameAnswer resolve(String host) throws Unanswered {
        try {
            var answer = Json.parse(control.get("/resolve?name=" + URLEncoder.encode(host, StandardCharsets.UTF_8)));
            var addresses = new ArrayList<NameAnswer.Address>();
            for (var address : answer.objects("addresses")) {
                addresses.add(new NameAnswer.Address(
                        InetAddress.ofLiteral(address.text("address").orElse("")),
                        route(address.text("route").orElse(""))));
            }
            return new NameAnswer(
                    addresses,
                    answer.text("answeredBy").orElse(""),
                    answer.text("error").orElse(""));
        } catch (ControlException | IllegalArgumentException e) {
            throw new Unanswered(String.valueOf(e.getMessage()), e);
        }
    }

    /** A way that this version does not know is not one that it may count on. */
    private static Route route(String name) {
        return Arrays.stream(Route.values())
                .filter(route ->
                        route.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name))
                .findFirst()
                .orElse(Route.UNOWNED);
    }

    @Override
    public TunnelAnswer connect(Target target, Duration timeout) throws Unanswered {
        try {
            var tunnel = ControlTunnel.open(runtimeDir, target.toString(), timeout);
            return new TunnelAnswer.Open(tunnel.channel(), tunnel.early());
        } catch (TunnelException e) {
            return new TunnelAnswer.Refused(e.status(), e.error(), firstLine(String.valueOf(e.getMessage())));
        } catch (ControlTimeoutException e) {
            return new TunnelAnswer.Late(timeout);
        } catch (ControlException e) {
            throw new Unanswered(String.valueOf(e.getMessage()), e);
        }
    }

    /** What follows is for callers who might try again. */
    private static String firstLine(String words) {
        return words.lines().findFirst().orElse(words);
    }

    @Override
    public Optional<PingAnswer> ping(InetAddress address, Duration timeout) {
        try {
            var pong = Json.parse(node.within(timeout).post("ping?type=disco&ip=" + address.getHostAddress(), ""));
            var latency = Duration.ofNanos(
                    Math.round(Double.parseDouble(pong.text("LatencySeconds").orElse("0")) * 1e9));
            return Optional.of(new PingAnswer(
                    pong.text("NodeName").orElse(""),
                    path(pong),
                    latency,
                    pong.text("Err").orElse("")));
        } catch (ControlTimeoutException e) {
            return Optional.of(new PingAnswer("", "", Duration.ZERO, "none within " + timeout.toSeconds() + " s"));
        } catch (ControlException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String path(Json pong) {
        return pong.text("Endpoint")
                .map(endpoint -> "direct " + endpoint)
                .or(() -> pong.text("PeerRelay").map(relay -> "peer relay " + relay))
                .or(() -> pong.text("DERPRegionCode").map(region -> "DERP " + region))
                .orElse("");
    }
}
