package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
    private static final int PATIENCE_MILLIS = 20_000;

    @Test
    void closesItsChannelsWhenItIsToStopInTheMiddleOfItsTasks() throws Exception {
        var accepted = new Accepted();
        try (EventLoops loops = EventLoops.open(1);
                var client = new Socket()) {
            var server = new ServerBootstrap()
                    .group(loops.group())
                    .channel(EpollServerSocketChannel.class)
                    .childHandler(accepted)
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sync()
                    .channel();
            client.setSoTimeout(PATIENCE_MILLIS);
            client.connect(server.localAddress(), PATIENCE_MILLIS);
            accepted.one.await();
            var isBusy = new CountDownLatch(1);
            loops.group().execute(() -> {
                isBusy.countDown();
                while (!loops.group().isShuttingDown()) {
                    Thread.onSpinWait();
                }
            });
            isBusy.await();

            loops.close();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Sharable
    private static final class Accepted extends ChannelInboundHandlerAdapter {
        final CountDownLatch one = new CountDownLatch(1);

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            one.countDown();
        }
    }
}
