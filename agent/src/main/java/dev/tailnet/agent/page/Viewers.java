package dev.tailnet.agent.page;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** Who looks at the page now. Everybody gets the same; who does not keep up is dropped. All on one thread. */
final class Viewers {
    /** More pages than that are nobody's. */
    private static final int MOST = 16;

    /** Half a minute of a busy page. */
    private static final int MOST_PENDING_BYTES = 1 << 20;

    private final Set<Channel> channels = new LinkedHashSet<>();

    boolean isFull() {
        return channels.size() >= MOST;
    }

    boolean isEmpty() {
        return channels.isEmpty();
    }

    void add(Channel channel) {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(MOST_PENDING_BYTES / 2, MOST_PENDING_BYTES));
        channels.add(channel);
    }

    void remove(Channel channel) {
        channels.remove(channel);
    }

    void send(String event, byte[] json) {
        byte[] message = message(event, json);
        for (Channel channel : Set.copyOf(channels)) {
            send(channel, message);
        }
    }

    void send(Channel channel, String event, byte[] json) {
        send(channel, message(event, json));
    }

    private void send(Channel channel, byte[] message) {
        if (channel.isWritable()) {
            channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(message)));
        } else {
            channels.remove(channel);
            channel.close();
        }
    }

    /** As the HTML standard has it (section 9.2, server-sent events); JSON has no line breaks in it. */
    private static byte[] message(String event, byte[] json) {
        byte[] head = ("event: " + event + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[head.length + json.length + 2];
        System.arraycopy(head, 0, message, 0, head.length);
        System.arraycopy(json, 0, message, head.length, json.length);
        message[message.length - 2] = '\n';
        message[message.length - 1] = '\n';
        return message;
    }
}
