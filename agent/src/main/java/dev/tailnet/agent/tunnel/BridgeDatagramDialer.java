package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.DatagramFrame;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.dial.DatagramConduit;
import dev.tailnet.proxy.dial.DatagramDialer;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

/** Makes conduits for datagrams through the bridge. */
public final class BridgeDatagramDialer implements DatagramDialer {
    /** What may wait for the library before datagrams are dropped. */
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(256 << 10, 512 << 10);

    private final NodeLink link;

    public BridgeDatagramDialer(NodeLink link) {
        this.link = link;
    }

    @Override
    public DatagramConduit open(int flows, EventLoop loop, DatagramConduit.Receiver receiver) throws ConnectFailure {
        TailnetNode node = link.node();
        if (node == null) {
            throw new ConnectFailure(FailureReason.NODE_NOT_READY, "the node is not up: " + link.whyNotUp());
        }
        EpollDomainSocketChannel channel;
        try {
            channel = new EpollDomainSocketChannel(node.openDatagrams(flows));
        } catch (BridgeException e) {
            var reason = e.code() == Code.RESOURCES ? FailureReason.RESOURCES : FailureReason.NODE_NOT_READY;
            throw new ConnectFailure(reason, e.getMessage());
        }
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING);
        var conduit = new BridgeConduit(channel, receiver);
        channel.pipeline()
                .addLast(new LengthFieldBasedFrameDecoder(
                        DatagramFrame.MAX_FRAME_BYTES + DatagramFrame.LENGTH_FIELD_BYTES,
                        0,
                        DatagramFrame.LENGTH_FIELD_BYTES,
                        0,
                        DatagramFrame.LENGTH_FIELD_BYTES))
                .addLast(conduit);
        loop.register(channel);
        return conduit;
    }
}
