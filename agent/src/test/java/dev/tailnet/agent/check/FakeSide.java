package dev.tailnet.agent.check;

import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An agent that answers what it is told to. */
record FakeSide(
        @Nullable String absent,
        NodeView node,
        @Nullable TailnetView seen,
        NameAnswer name,
        @Nullable TunnelAnswer tunnel,
        @Nullable PingAnswer pong)
        implements AgentSide {
    static final NodeView.Peer WEB =
            new NodeView.Peer("web", "web.tailnet.test", List.of("100.64.0.1", "fd7a::1"), true, "");
    static final PingAnswer PONG = new PingAnswer("web", "DERP test", Duration.ofMillis(2), "");
    static final PingAnswer NO_PONG = new PingAnswer("", "", Duration.ZERO, "none within 3 s");

    /** One whose node runs, and that reaches everything. */
    static FakeSide running() {
        return new FakeSide(
                null,
                node("running", "", ""),
                new TailnetView(true, true, "tailnet.test", true, true),
                at("100.64.0.1", Route.TAILNET),
                null,
                PONG);
    }

    static NodeView node(String state, String reason, String cause) {
        return new NodeView(
                state,
                reason,
                cause,
                "box.tailnet.test",
                List.of("100.64.0.2"),
                "http://control.test",
                "test",
                List.of("127.0.0.1:1055"),
                List.of(WEB),
                "tailnet-agent 1",
                "1.102.5",
                List.of());
    }

    static NameAnswer at(String address, Route route) {
        return new NameAnswer(List.of(new NameAnswer.Address(InetAddress.ofLiteral(address), route)), "MagicDNS", "");
    }

    FakeSide with(NodeView other) {
        return new FakeSide(absent, other, seen, name, tunnel, pong);
    }

    FakeSide with(TailnetView other) {
        return new FakeSide(absent, node, other, name, tunnel, pong);
    }

    FakeSide with(NameAnswer other) {
        return new FakeSide(absent, node, seen, other, tunnel, pong);
    }

    FakeSide with(TunnelAnswer other) {
        return new FakeSide(absent, node, seen, name, other, pong);
    }

    FakeSide with(PingAnswer other) {
        return new FakeSide(absent, node, seen, name, tunnel, other);
    }

    FakeSide refusing(int status, String error, String words) {
        return with(new TunnelAnswer.Refused(status, error, words));
    }

    @Override
    public Optional<String> absence() {
        return Optional.ofNullable(absent);
    }

    @Override
    public Optional<TailnetView> tailnet() {
        return Optional.ofNullable(seen);
    }

    @Override
    public NameAnswer resolve(String host) {
        return name;
    }

    @Override
    public TunnelAnswer connect(Target target, Duration timeout) throws Unanswered {
        if (tunnel != null) {
            return tunnel;
        }
        try {
            return new TunnelAnswer.Open(SocketChannel.open(), ByteBuffer.allocate(0));
        } catch (IOException e) {
            throw new Unanswered("no channel", e);
        }
    }

    @Override
    public Optional<PingAnswer> ping(InetAddress address, Duration timeout) {
        return Optional.ofNullable(pong);
    }
}
