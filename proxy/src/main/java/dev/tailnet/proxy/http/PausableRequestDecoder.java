package dev.tailnet.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/** Netty's decoder, which can be told to leave the bytes behind a request alone for a while: they may be a tunnel's. */
final class PausableRequestDecoder extends HttpRequestDecoder {
    private boolean paused;

    PausableRequestDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /** No message after the current one. To be called on the event loop, as is {@link #resume}. */
    void pause() {
        paused = true;
    }

    /** Decodes what has arrived since the pause, and goes on. */
    void resume(ChannelHandlerContext ctx) throws Exception {
        paused = false;
        channelRead(ctx, Unpooled.EMPTY_BUFFER);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (!paused) {
            super.decode(ctx, buffer, out);
        }
    }
}
