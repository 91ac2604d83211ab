package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.DatagramFrame;
import dev.tailnet.bridge.Via;
import dev.tailnet.proxy.dial.DatagramConduit;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A conduit whose other end the library holds. */
final class BridgeConduit extends SimpleChannelInboundHandler<ByteBuf> implements DatagramConduit {
    private static final Logger LOGGER = LoggerFactory.getLogger(BridgeConduit.class);
    private static final String GONE = "the agent is stopping";

    private final Channel channel;
    private final Receiver receiver;
    private final LongObjectMap<PendingFlow> opening = new LongObjectHashMap<>();
    private boolean closed;

    BridgeConduit(Channel channel, Receiver receiver) {
        this.channel = channel;
        this.receiver = receiver;
    }

    /** A flow that the library has been asked for. */
    private record PendingFlow(Via via, InetSocketAddress target, Promise<Void> promise) {
        void fail(Code code, String message) {
            promise.tryFailure(FailureTexts.dial(via, target, Duration.ZERO, code, message));
        }
    }

    @Override
    public Future<Void> open(long id, InetSocketAddress target, Route route) {
        Via via = route == Route.DIRECT ? Via.DIRECT : Via.TAILNET;
        var flow = new PendingFlow(via, target, channel.eventLoop().newPromise());
        if (!channel.isOpen()) {
            flow.fail(Code.NODE_DOWN, GONE);
            return flow.promise();
        }
        opening.put(id, flow);
        channel.writeAndFlush(Unpooled.wrappedBuffer(DatagramFrame.open(id, via, target)));
        return flow.promise();
    }

    @Override
    public boolean send(long id, ByteBuf datagram) {
        if (!channel.isWritable()) {
            channel.flush();
        }
        if (!channel.isWritable()) {
            return false;
        }
        int length = datagram.readableBytes();
        // One buffer of the right size: the datagram's own may be much larger, and would be held for as long as this
        // waits.
        channel.write(
                channel.alloc()
                        .directBuffer(DatagramFrame.HEADER_BYTES + length)
                        .writeBytes(DatagramFrame.datagramHeader(id, length))
                        .writeBytes(datagram, datagram.readerIndex(), length),
                channel.voidPromise());
        return true;
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void closeFlow(long id) {
        opening.remove(id);
        channel.writeAndFlush(Unpooled.wrappedBuffer(DatagramFrame.close(id)), channel.voidPromise());
    }

    @Override
    public void close() {
        closed = true;
        channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
        if (closed) {
            return;
        }
        switch (DatagramFrame.parse(frame.nioBuffer())) {
            case DatagramFrame.Datagram(long id, var payload) -> {
                int length = payload.remaining();
                receiver.received(id, frame.slice(frame.writerIndex() - length, length));
            }
            case DatagramFrame.Opened opened -> opened(opened);
            case DatagramFrame.Closed(long id, Code code, String message) ->
                receiver.flowEnded(id, code == Code.IDLE ? TunnelEnd.Cause.IDLE : TunnelEnd.Cause.ERROR, message);
        }
    }

    private void opened(DatagramFrame.Opened opened) {
        PendingFlow flow = opening.remove(opened.id());
        if (flow == null) {
            return;
        }
        if (opened.code() == Code.OK) {
            flow.promise().trySuccess(null);
        } else {
            flow.fail(opened.code(), opened.message());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!closed) {
            receiver.receivedAll();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        List<PendingFlow> unanswered = List.copyOf(opening.values());
        opening.clear();
        unanswered.forEach(flow -> flow.fail(Code.CANCELLED, GONE));
        if (!closed) {
            closed = true;
            receiver.conduitEnded();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof BridgeException) {
            LOGGER.error("A conduit of datagrams is out of step: {}", cause.getMessage());
        } else {
            LOGGER.error("A conduit of datagrams is broken", cause);
        }
        ctx.close();
    }
}
