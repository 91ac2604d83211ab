package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Connections;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.LocalClient;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestProxy;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client on a unix socket, as a program on this host has one. */
@Timeout(30)
class UnixClientTest {
    private static final Replies WORDS = new Replies() {
        @Override
        public ByteBuf established(ByteBufAllocator allocator) {
            return ByteBufUtil.writeAscii(allocator, "go\n");
        }

        @Override
        public ByteBuf failed(ByteBufAllocator allocator, ConnectFailure failure) {
            return ByteBufUtil.writeUtf8(allocator, failure.getMessage());
        }
    };

    private final Connections connections = new Connections(10, 0);

    @TempDir
    private Path folder;

    @Test
    void getsItsTunnel() throws Exception {
        try (var target = TargetServer.answersAtTheEnd();
                var proxy = TestProxy.start()) {
            Path socket = listen(proxy, new Target(new Host.Address(target.address()), target.port()));
            try (var client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                client.write(ByteBuffer.wrap("early".getBytes(StandardCharsets.US_ASCII)));
                client.shutdownOutput();
                assertThat(new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("go\nearly");
            }
            ConnectRequest request = proxy.audit().decision().request();
            assertThat(request.role()).isEqualTo("me");
            Object ownUid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            assertThat(request.client()).isInstanceOfSatisfying(LocalClient.class, caller -> {
                assertThat(caller.pid()).isEqualTo((int) ProcessHandle.current().pid());
                assertThat(caller.uid()).isEqualTo(ownUid);
            });
            assertThat(proxy.audit().close().end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 5, 5, ""));
            assertThat(connections.counts().live()).isZero();
        }
    }

    @Test
    void isToldWhyThereIsNone() throws Exception {
        try (var proxy = TestProxy.start()) {
            Path socket = listen(proxy, new Target(new Host.Name("nowhere.internal"), 80));
            try (var client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                client.write(ByteBuffer.wrap("early".getBytes(StandardCharsets.US_ASCII)));
                assertThat(new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("nowhere.internal ");
            }
        }
    }

    private Path listen(TestProxy proxy, Target target) throws InterruptedException {
        Path socket = folder.resolve("s");
        new ServerBootstrap()
                .group(proxy.loops().group())
                .channel(EpollServerDomainSocketChannel.class)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Connection connection = Objects.requireNonNull(connections.accepted(channel));
                        proxy.connector().connect(connection, Protocol.SOCKS5, "me", target, WORDS);
                        channel.read();
                    }
                })
                .bind(new DomainSocketAddress(socket.toFile()))
                .sync();
        return socket;
    }
}
