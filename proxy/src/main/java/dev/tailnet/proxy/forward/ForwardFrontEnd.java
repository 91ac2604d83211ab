package dev.tailnet.proxy.forward;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.LocalRequest;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.util.function.Supplier;

/** The way into this package. */
public final class ForwardFrontEnd {
    private ForwardFrontEnd() {}

    /** Asks for the tunnel before the client has said a word: it may well be the target that speaks first. */
    public static void install(ChannelPipeline pipeline, Connection connection, Connector connector, Target target) {
        connector.connect(connection, Protocol.FORWARD, null, target, ForwardReplies.INSTANCE);
    }

    /**
     * Carries the datagrams of a UDP socket to the target and the answers back, for each address that sends in a flow of its
     * own. Closing the socket ends the flows.
     *
     * @param loop that the socket's channel is, or will be, registered with
     * @param target where the next client's flow leads
     */
    public static void installUdp(
            ChannelPipeline pipeline, Datagrams datagrams, EventLoop loop, Supplier<Target> target) {
        pipeline.addLast(new DatagramForwardHandler(datagrams, loop, target));
    }

    /**
     * Carries the datagrams of a command of this agent's own: with one target, by a UDP socket that it passes on its connection, a
     * unix socket, once they are allowed. The connection's end is theirs.
     */
    public static void installPassed(
            Connection connection, Datagrams datagrams, LocalRequest request, Replies replies) {
        connection.waiting();
        Channel channel = connection.channel();
        channel.config().setAutoRead(false);
        channel.pipeline()
                .addLast(
                        HandlerNames.PASSED_SOCKET,
                        new PassedDatagramsHandler(connection, datagrams, channel.eventLoop(), request, replies));
    }
}
