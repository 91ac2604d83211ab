package dev.tailnet.proxy.forward;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.datagram.ClientSocket;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.datagram.DatagramLimits;
import dev.tailnet.proxy.datagram.DatagramSession;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.LocalRequest;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client on a unix socket that has datagrams with one target: they are decided upon when it asks, then it passes the UDP socket
 * that they come by and go back to. All ends with its connection.
 */
final class PassedDatagramsHandler extends ChannelInboundHandlerAdapter implements Datagrams.Client<Target> {
    private static final Logger LOGGER = LoggerFactory.getLogger(PassedDatagramsHandler.class);

    private final Connection connection;
    private final Channel control;
    private final SocketAddress client;
    private final LocalRequest asked;
    private final Replies replies;
    private final DatagramCounters counters;
    private final DatagramSession<Target> session;
    private boolean begun;
    private boolean answered;
    private @Nullable ClientSocket socket;
    private @Nullable Channel passed;
    private @Nullable InetSocketAddress peer;

    PassedDatagramsHandler(
            Connection connection, Datagrams datagrams, EventLoop loop, LocalRequest asked, Replies replies) {
        this.connection = connection;
        connection.asksFor(asked.process());
        this.control = connection.channel();
        this.client = connection.clientAddress();
        this.asked = asked;
        this.replies = replies;
        this.counters = datagrams.counters();
        this.session = datagrams.session(loop, DatagramLimits.ASSOCIATION, this);
    }

    @Override
    public ConnectRequest request(Connector connector, Target key, Target target) {
        return connector.request(Protocol.CLI_UDP, client, asked);
    }

    /** The front end has left the pipeline. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!begun) {
            begun = true;
            ConnectFailure refusal = connection.refusal();
            if (refusal == null) {
                session.open(asked.target(), asked.target());
            } else {
                refused(asked.target(), refusal);
            }
        }
    }

    @Override
    public void opened(Target key) {
        if (!answered) {
            answered = true;
            control.writeAndFlush(replies.established(control.alloc()));
            ((EpollDomainSocketChannel) control).config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
            control.config().setAutoRead(true);
        }
    }

    @Override
    public void refused(Target key, ConnectFailure why) {
        ByteBuf answer = answered ? null : replies.failed(control.alloc(), why);
        answered = true;
        if (answer == null) {
            control.close();
        } else {
            Farewell.say(connection, answer);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof FileDescriptor descriptor) {
            take(ctx, descriptor);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void take(ChannelHandlerContext ctx, FileDescriptor descriptor) {
        Channel channel;
        try {
            if (passed != null) {
                descriptor.close();
                return;
            }
            channel = ClientSocket.adopt(descriptor.intValue());
        } catch (IOException | ChannelException e) {
            LOGGER.debug("What a client passed is no socket", e);
            ctx.close();
            return;
        }
        passed = channel;
        socket = new ClientSocket(channel, counters);
        counters.associationOpened();
        channel.pipeline().addLast(new FromClient());
        ctx.channel().eventLoop().register(channel);
        connection.standInForTunnel();
    }

    /** The passed socket's. */
    private final class FromClient extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            peer = packet.sender();
            session.send(asked.target(), asked.target(), packet.content());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            session.flush();
        }

        /** An error of one datagram, as an ICMP message causes it, is not the next one's. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failed(cause);
        }
    }

    @Override
    public void received(Target key, InetSocketAddress from, ByteBuf datagram) {
        if (socket != null && peer != null) {
            socket.send(datagram.copy(), peer);
        }
    }

    @Override
    public void receivedAll() {
        if (socket != null) {
            socket.flush();
        }
    }

    /** The client has nothing more to send, or to pass. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.close();
        if (passed != null) {
            passed.close();
            counters.associationClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed(cause);
        ctx.close();
    }

    private void failed(Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOGGER.error("The datagrams to {} met a fault of the agent", asked.target(), cause);
        }
    }
}
