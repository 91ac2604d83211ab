package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Relays in Java: reads follow writes, each direction ends by itself, an error resets both sides. */
final class NettyUpstream implements Upstream {
    private final DuplexChannel target;

    NettyUpstream(DuplexChannel target) {
        this.target = target;
    }

    @Override
    public Future<TunnelEnd> relay(int clientFd, ByteBuffer early, Duration idleTimeout) {
        Promise<TunnelEnd> end = target.eventLoop().newPromise();
        DuplexChannel client = TestSockets.channel(clientFd);
        client.config().setAutoRead(false).setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        var up = new AtomicLong(early.remaining());
        var down = new AtomicLong();
        if (early.hasRemaining()) {
            target.writeAndFlush(Unpooled.copiedBuffer(early));
        }
        var both = new Runnable() {
            private int open = 2;

            @Override
            public void run() {
                if (--open == 0) {
                    client.close();
                    target.close();
                    end.trySuccess(new TunnelEnd(TunnelEnd.Cause.FINISHED, up.get(), down.get(), ""));
                }
            }
        };
        Runnable reset = () -> {
            reset(client);
            reset(target);
            end.trySuccess(new TunnelEnd(TunnelEnd.Cause.RESET, up.get(), down.get(), ""));
        };
        client.pipeline().addLast(new Pump(target, up, both, reset));
        target.pipeline().addLast(new Pump(client, down, both, reset));
        target.eventLoop().register(client).addListener(registered -> {
            client.read();
            target.read();
        });
        end.addListener(done -> {
            if (done.isCancelled()) {
                reset(client);
                reset(target);
            }
        });
        return end;
    }

    @Override
    public void discard() {
        target.close();
    }

    private static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** One direction. */
    private static final class Pump extends ChannelInboundHandlerAdapter {
        private final DuplexChannel to;
        private final AtomicLong bytes;
        private final Runnable finished;
        private final Runnable reset;

        Pump(DuplexChannel to, AtomicLong bytes, Runnable finished, Runnable reset) {
            this.to = to;
            this.bytes = bytes;
            this.finished = finished;
            this.reset = reset;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            bytes.addAndGet(((io.netty.buffer.ByteBuf) message).readableBytes());
            to.writeAndFlush(message).addListener(written -> {
                if (written.isSuccess()) {
                    ctx.read();
                }
            });
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                to.write(Unpooled.EMPTY_BUFFER).addListener(written -> {
                    to.shutdownOutput();
                    finished.run();
                });
                to.flush();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            reset.run();
        }
    }
}
