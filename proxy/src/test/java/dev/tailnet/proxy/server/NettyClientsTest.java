package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestProxy;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks4ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Netty's own proxy clients, which nobody wrote for this proxy. */
@Timeout(30)
class NettyClientsTest {

    @Test
    void socks5ByName() throws Exception {
        assertThat(echoThrough(Socks5ProxyHandler::new, "echo.internal")).isEqualTo("hello");
    }

    @Test
    void socks5WithCredentialsNobodyAskedFor() throws Exception {
        assertThat(echoThrough(address -> new Socks5ProxyHandler(address, "user", "secret"), "127.0.0.1"))
                .isEqualTo("hello");
    }

    @Test
    void httpByName() throws Exception {
        assertThat(echoThrough(HttpProxyHandler::new, "echo.internal")).isEqualTo("hello");
    }

    @Test
    void httpWithCredentialsNobodyAskedFor() throws Exception {
        assertThat(echoThrough(address -> new HttpProxyHandler(address, "user", "secret"), "echo.internal"))
                .isEqualTo("hello");
    }

    @Test
    void failuresAreUnderstood() {
        assertThat(failureThrough(Socks5ProxyHandler::new)).contains("HOST_UNREACHABLE");
        assertThat(failureThrough(HttpProxyHandler::new)).contains("502");
        assertThat(failureThrough(Socks4ProxyHandler::new)).contains("REJECTED_OR_FAILED");
    }

    private static String echoThrough(Function<InetSocketAddress, ProxyHandler> handler, String host) throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start()) {
            proxy.resolver().add("echo.internal", InetAddress.getLoopbackAddress());
            var answer = new CompletableFuture<String>();
            Channel channel = connect(proxy, handler.apply(proxy.address()), host, target.port(), answer);
            channel.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
            try {
                return answer.get(10, TimeUnit.SECONDS);
            } finally {
                channel.close().sync();
            }
        }
    }

    private static String failureThrough(Function<InetSocketAddress, ProxyHandler> handler) {
        try (var proxy = TestProxy.start()) {
            var failure = new CompletableFuture<String>();
            Channel channel =
                    connect(proxy, handler.apply(proxy.address()), "no.such.name", 80, new CompletableFuture<>());
            channel.pipeline()
                    .get(ProxyHandler.class)
                    .connectFuture()
                    .addListener(done -> failure.complete(String.valueOf(done.cause())));
            return failure.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            return e.toString();
        }
    }

    private static Channel connect(
            TestProxy proxy, ProxyHandler handler, String host, int port, CompletableFuture<String> answer)
            throws InterruptedException {
        return new Bootstrap()
                .group(proxy.loops().group())
                .channel(EpollSocketChannel.class)
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler, new SimpleChannelInboundHandler<ByteBuf>() {
                            @Override
                            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                                answer.complete(bytes.toString(StandardCharsets.US_ASCII));
                            }
                        });
                    }
                })
                .connect(InetSocketAddress.createUnresolved(host, port))
                .sync()
                .channel();
    }
}
