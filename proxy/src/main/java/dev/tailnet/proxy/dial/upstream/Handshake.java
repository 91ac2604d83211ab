package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.dial.upstream.UpstreamProxy.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.socksx.v5.Socks5Message;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyConnectionEvent;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The client's side of a proxy's handshake, as the pipeline of the connection to it. Used on the connection's event loop only. */
final class Handshake extends ChannelInitializer<Channel> {
    private static final String SHAKER = "proxy";

    private final ProxyHandler shaker;
    private @Nullable Object lastAnswer;
    private @Nullable ByteBuf rest;
    private boolean released;

    Handshake(UpstreamProxy proxy, InetSocketAddress at) {
        Credentials credentials = proxy.credentials();
        shaker = switch (proxy.protocol()) {
            case HTTP ->
                credentials == null
                        ? new HttpProxyHandler(at)
                        : new HttpProxyHandler(at, credentials.user(), credentials.password());
            case SOCKS5 ->
                credentials == null
                        ? new Socks5ProxyHandler(at)
                        : new Socks5ProxyHandler(at, credentials.user(), credentials.password());
        };
        // The dial has a deadline of its own, over all its steps.
        shaker.setConnectTimeoutMillis(0);
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(SHAKER, shaker);
        // Between its codec and itself: it tells a refusal in words only.
        pipeline.addBefore(SHAKER, null, new AnswerKeeper());
        pipeline.addLast(new RestKeeper());
    }

    /** Completes with the handshake. */
    Future<Channel> done() {
        return shaker.connectFuture();
    }

    /** The proxy's last message, an {@link HttpResponse} or a {@link Socks5Message}; null before the first. */
    @Nullable
    Object lastAnswer() {
        return lastAnswer;
    }

    /** What came after the handshake: the target's first bytes, the caller's to release. */
    ByteBuf takeRest() {
        ByteBuf taken = rest;
        rest = null;
        return taken == null ? Unpooled.EMPTY_BUFFER : taken;
    }

    /** Nobody wants the rest. */
    void release() {
        released = true;
        ReferenceCountUtil.release(rest);
        rest = null;
    }

    private final class AnswerKeeper extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpResponse || message instanceof Socks5Message) {
                lastAnswer = message;
            }
            ctx.fireChannelRead(message);
        }
    }

    /** The end of the pipeline. What goes wrong, the handshake's future tells. */
    private final class RestKeeper extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (released || !(message instanceof ByteBuf bytes)) {
                ReferenceCountUtil.release(message);
            } else if (rest == null) {
                rest = bytes;
            } else {
                rest = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), rest, bytes);
            }
        }

        /** From here on the end of what the target says is no reason to close; in a handshake it is. */
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ProxyConnectionEvent) {
                ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
