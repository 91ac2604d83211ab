package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.Timeouts;
import dev.tailnet.proxy.connect.Ways;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Connections;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client's channel without a socket, in front of a connector that takes every request down and waits for the node for ever. */
public final class TestChannel extends EmbeddedChannel {
    private final List<ConnectRequest> requests = new ArrayList<>();
    private final Connections connections = new Connections(1, 0);
    private final Connection connection = Objects.requireNonNull(connections.accepted(this), "the limit is one");
    private final Connector connector;

    public TestChannel() {
        var resolver = new TestResolver();
        var readiness = new TestReadiness();
        readiness.setReady(false);
        Policy takesDown = new Policy() {
            @Override
            public Verdict onTarget(ConnectRequest request) {
                requests.add(request);
                return Verdict.allowed();
            }

            @Override
            public Verdict onAddress(
                    ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
                return Verdict.allowed();
            }
        };
        connector = new Connector(
                takesDown,
                readiness,
                resolver.resolvers(),
                address -> Route.DIRECT,
                new Ways(new NettyDialer(), new NettyDialer(), null),
                new RecordingAudit(),
                Timeouts.DEFAULT,
                new TestSockets());
    }

    public Connection connection() {
        return connection;
    }

    public Counts counts() {
        return connections.counts();
    }

    public Connector connector() {
        return connector;
    }

    public Datagrams datagrams() {
        return new Datagrams(connector, new NettyDatagramDialer(), new DatagramCounters());
    }

    /** What the front ends asked for. */
    public List<ConnectRequest> requests() {
        return requests;
    }

    /** Lets bytes arrive in one piece. */
    public void receive(byte[] bytes) {
        writeInbound(Unpooled.copiedBuffer(bytes));
    }

    public void receive(String text) {
        receive(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All that has been sent so far. */
    public byte[] sent() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = readOutbound(); next != null; next = readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    public String sentText() {
        return new String(sent(), StandardCharsets.ISO_8859_1);
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    }
}
