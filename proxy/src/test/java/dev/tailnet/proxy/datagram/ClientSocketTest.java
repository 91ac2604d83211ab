package dev.tailnet.proxy.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.testing.TestProxy;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ClientSocketTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void sendsWhatIsEmptyToo(String host) throws Exception {
        InetAddress address = InetAddress.ofLiteral(host);
        try (var proxy = TestProxy.start();
                var client = new DatagramSocket(0, address)) {
            client.setSoTimeout(10_000);
            var channel = ClientSocket.newChannel(address);
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
            proxy.loops().group().register(channel).sync();
            channel.bind(new InetSocketAddress(address, 0)).sync();
            var socket = new ClientSocket(channel, proxy.counters());
            var to = (InetSocketAddress) client.getLocalSocketAddress();
            channel.eventLoop().execute(() -> {
                socket.send(Unpooled.copiedBuffer("before", StandardCharsets.US_ASCII), to);
                socket.send(Unpooled.EMPTY_BUFFER, to);
                socket.send(Unpooled.copiedBuffer("after", StandardCharsets.US_ASCII), to);
                socket.flush();
            });
            for (int length : new int[] {6, 0, 5}) {
                var packet = new DatagramPacket(new byte[10], 10);
                client.receive(packet);
                assertThat(packet.getLength()).isEqualTo(length);
                assertThat(packet.getSocketAddress()).isEqualTo(channel.localAddress());
            }
            assertThat(proxy.counters().counts().dropped())
                    .allSatisfy((reason, count) -> assertThat(count).isZero());
        }
    }
}
