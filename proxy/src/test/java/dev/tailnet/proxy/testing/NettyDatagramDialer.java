package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.dial.DatagramConduit;
import dev.tailnet.proxy.dial.DatagramDialer;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sends datagrams with Netty, a socket for each flow, and remembers what it was asked for. */
public final class NettyDatagramDialer implements DatagramDialer {
    private final List<InetSocketAddress> opened = new CopyOnWriteArrayList<>();
    private final Set<InetSocketAddress> unreachable = ConcurrentHashMap.newKeySet();
    private final List<NettyConduit> conduits = new CopyOnWriteArrayList<>();
    private volatile boolean full;

    /** The targets of all flows that were asked for. */
    public List<InetSocketAddress> opened() {
        return opened;
    }

    /** Flows to this address do not come about. */
    public void refuse(InetSocketAddress target) {
        unreachable.add(target);
    }

    /** From now on nothing finds room. */
    public void fill() {
        full = true;
    }

    /** How many flows are open now, and conduits that are not closed. */
    public int flows() {
        return conduits.stream().mapToInt(conduit -> conduit.flows.size()).sum();
    }

    public long conduits() {
        return conduits.stream().filter(conduit -> !conduit.closed).count();
    }

    /** Ends the only flow with this target as its idle timeout would. */
    public void endIdle(InetSocketAddress target) {
        conduits.forEach(conduit -> conduit.loop.execute(() -> conduit.endIdle(target)));
    }

    /** Ends all conduits as the node's end would. */
    public void endConduits() {
        conduits.forEach(conduit -> conduit.loop.execute(conduit::endByItself));
    }

    @Override
    public DatagramConduit open(int flows, EventLoop loop, DatagramConduit.Receiver receiver) {
        var conduit = new NettyConduit(loop, receiver);
        conduits.add(conduit);
        return conduit;
    }

    private final class NettyConduit implements DatagramConduit {
        private final EventLoop loop;
        private final Receiver receiver;
        private final Map<Long, Channel> flows = new ConcurrentHashMap<>();
        private volatile boolean closed;

        NettyConduit(EventLoop loop, Receiver receiver) {
            this.loop = loop;
            this.receiver = receiver;
        }

        @Override
        public Future<Void> open(long id, InetSocketAddress target, Route route) {
            opened.add(target);
            Promise<Void> promise = loop.newPromise();
            if (unreachable.contains(target)) {
                return promise.setFailure(
                        new ConnectFailure(FailureReason.NETWORK_UNREACHABLE, "no route leads to " + target));
            }
            ChannelFuture connect = new Bootstrap()
                    .group(loop)
                    .channel(EpollDatagramChannel.class)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_535))
                    .handler(new FromTarget(id, receiver))
                    .connect(target);
            connect.addListener(done -> {
                if (done.isSuccess()) {
                    flows.put(id, connect.channel());
                    promise.setSuccess(null);
                } else {
                    promise.setFailure(done.cause());
                }
            });
            return promise;
        }

        @Override
        public boolean send(long id, ByteBuf datagram) {
            Channel flow = flows.get(id);
            if (flow == null || full) {
                return false;
            }
            flow.write(datagram.copy());
            return true;
        }

        @Override
        public void flush() {
            flows.values().forEach(Channel::flush);
        }

        @Override
        public void closeFlow(long id) {
            Channel flow = flows.remove(id);
            if (flow != null) {
                flow.close();
            }
        }

        @Override
        public void close() {
            closed = true;
            flows.keySet().forEach(this::closeFlow);
        }

        void endIdle(InetSocketAddress target) {
            for (Map.Entry<Long, Channel> flow : new HashMap<>(flows).entrySet()) {
                if (target.equals(flow.getValue().remoteAddress())) {
                    closeFlow(flow.getKey());
                    receiver.flowEnded(flow.getKey(), TunnelEnd.Cause.IDLE, "quiet");
                }
            }
        }

        void endByItself() {
            if (!closed) {
                close();
                receiver.conduitEnded();
            }
        }
    }

    private static final class FromTarget extends SimpleChannelInboundHandler<DatagramPacket> {
        private final long id;
        private final DatagramConduit.Receiver receiver;

        FromTarget(long id, DatagramConduit.Receiver receiver) {
            this.id = id;
            this.receiver = receiver;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            receiver.received(id, packet.content());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            receiver.receivedAll();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // An ICMP message: the flow goes on.
        }
    }
}
