package dev.tailnet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.server.EventLoops;
import dev.tailnet.proxy.testing.TestSockets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HandOverTest {

    @Test
    void theDuplicateLivesAndNoEpollWatchesIt() throws Exception {
        try (var loops = EventLoops.open(1)) {
            var accepted = new CompletableFuture<EpollSocketChannel>();
            Channel listener = listen(loops, accepted);
            try (var client = new Socket(
                    InetAddress.getLoopbackAddress(), ((InetSocketAddress) listener.localAddress()).getPort())) {
                EpollSocketChannel channel = accepted.get(10, TimeUnit.SECONDS);
                var handOver = new HandOver(new TestSockets());
                String inode = inodeOf(channel.fd().intValue());
                assertThat(watchedByEpoll(inode)).isTrue();
                int fd = channel.eventLoop()
                        .submit(() -> {
                            int duplicate = handOver.duplicate(channel);
                            handOver.leave(channel);
                            return duplicate;
                        })
                        .get(10, TimeUnit.SECONDS);
                channel.closeFuture().sync();
                assertThat(inodeOf(fd)).isEqualTo(inode);
                assertThat(watchedByEpoll(inode)).isFalse();

                var descriptor = new FileDescriptor(fd);
                ByteBuffer hello =
                        ByteBuffer.allocateDirect(5).put("hello".getBytes()).flip();
                assertThat(descriptor.write(hello, 0, 5)).isEqualTo(5);
                assertThat(client.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes());
                handOver.drop(fd);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                assertThatThrownBy(() -> handOver.duplicate(channel)).isInstanceOf(IOException.class);
            }
        }
    }

    private static Channel listen(EventLoops loops, CompletableFuture<EpollSocketChannel> accepted)
            throws InterruptedException {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<EpollSocketChannel>() {
                    @Override
                    protected void initChannel(EpollSocketChannel channel) {
                        channel.eventLoop().execute(() -> accepted.complete(channel));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    private static String inodeOf(int fd) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString().replaceAll("\\D", "");
    }

    /** Asks the kernel: each epoll descriptor lists what it watches, the inode in hexadecimal. */
    private static boolean watchedByEpoll(String inode) throws IOException {
        String wanted = "ino:" + Long.toHexString(Long.parseLong(inode)) + " ";
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path descriptor : descriptors.toList()) {
                List<String> lines;
                try {
                    lines = Files.readAllLines(descriptor);
                } catch (IOException e) {
                    continue; // closed meanwhile
                }
                if (lines.stream().anyMatch(line -> line.startsWith("tfd:") && line.contains(wanted))) {
                    return true;
                }
            }
        }
        return false;
    }
}
