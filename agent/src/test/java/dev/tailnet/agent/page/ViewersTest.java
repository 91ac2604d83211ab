package dev.tailnet.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ViewersTest {
    private static final byte[] JSON = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

    private final Viewers viewers = new Viewers();
    private final EmbeddedChannel quick = new EmbeddedChannel();
    private final EmbeddedChannel slow = new EmbeddedChannel();

    @AfterEach
    void close() {
        quick.finishAndReleaseAll();
        slow.finishAndReleaseAll();
    }

    @Test
    void everyViewerGetsTheSameEvents() {
        viewers.add(quick);
        viewers.add(slow);

        viewers.send("tick", JSON);

        assertThat(read(quick)).isEqualTo("event: tick\ndata: {\"a\":1}\n\n");
        assertThat(read(slow)).isEqualTo("event: tick\ndata: {\"a\":1}\n\n");
    }

    @Test
    void whoDoesNotReadIsDroppedAndTheOthersGoOn() {
        viewers.add(quick);
        viewers.add(slow);
        slow.unsafe().outboundBuffer().setUserDefinedWritability(1, false);

        viewers.send("tick", JSON);
        viewers.remove(quick);

        assertThat(slow.isOpen()).isFalse();
        assertThat(quick.isOpen()).isTrue();
        assertThat(read(quick)).startsWith("event: tick\n");
        assertThat(viewers.isEmpty()).isTrue();
    }

    private static String read(EmbeddedChannel channel) {
        HttpContent message = channel.readOutbound();
        ByteBuf content = message.content();
        try {
            return content.toString(StandardCharsets.UTF_8);
        } finally {
            message.release();
        }
    }
}
