package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connection.Connections;
import dev.tailnet.proxy.http.HttpFrontEnd;
import dev.tailnet.proxy.http.HttpLimits;
import dev.tailnet.proxy.testing.TestChannel;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptorTest {

    @Test
    void outOfDescriptorsItRestsAndThenGoesOn() {
        var channel = new TestChannel();
        var connector = channel.connector();
        var pipeline = new ClientPipeline(
                ListenerSpec.Kind.MIXED,
                connector,
                channel.datagrams(),
                Authenticator.NONE,
                new HttpFrontEnd(connector, Authenticator.NONE, HttpLimits.DEFAULT),
                () -> Limits.DEFAULT);
        var listener = new EmbeddedChannel(new Acceptor(new DefaultEventLoopGroup(1), new Connections(1, 0), pipeline));
        listener.freezeTime();
        listener.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
        assertThat(listener.config().isAutoRead()).isFalse();
        listener.advanceTimeBy(1, TimeUnit.SECONDS);
        listener.runPendingTasks();
        assertThat(listener.config().isAutoRead()).isTrue();
        listener.checkException();
        assertThat(listener.isOpen()).isTrue();
    }
}
