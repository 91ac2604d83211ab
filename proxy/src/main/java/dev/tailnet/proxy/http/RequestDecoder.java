package dev.tailnet.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, stricter and in step with its reader: {@link #pause} between two messages leaves the rest undecoded, and, once
 * more bytes come, unread. So what a client sends ahead, or a body that nobody takes yet, waits in the client's socket.
 */
final class RequestDecoder extends HttpRequestDecoder {

    /** What a pause is for; one does not end the other. */
    enum Pause {
        AUTHENTICATION,
        EXCHANGE
    }

    /** What the next bytes are. */
    private enum Reading {
        HEAD,
        BODY,
        CHUNKS
    }

    private final RequestSyntax syntax = new RequestSyntax();
    private Reading reading = Reading.HEAD;
    private @Nullable HttpMessage message;
    private int lengths;
    private boolean broken;

    private final Set<Pause> pauses = EnumSet.noneOf(Pause.class);
    private boolean resting;
    private boolean busy;
    private boolean inputEnded;

    RequestDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /** Decodes nothing more for now. */
    void pause(Pause why) {
        pauses.add(why);
    }

    private boolean isPaused() {
        return !pauses.isEmpty();
    }

    /** Whether there are bytes that have been read and not decoded. */
    boolean hasMore() {
        return actualReadableBytes() > 0;
    }

    /** Goes on with what has been read already, and with reading. */
    void resume(Pause why, ChannelHandlerContext ctx) throws Exception {
        pauses.remove(why);
        if (busy || isPaused()) {
            return; // the decoding that is under way goes on by itself
        }
        if (hasMore()) {
            decode(ctx, Unpooled.EMPTY_BUFFER);
            ctx.pipeline().fireChannelReadComplete();
        }
        if (resting && !isPaused() && !ctx.isRemoved() && !inputEnded) {
            resting = false;
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void decode(ChannelHandlerContext ctx, Object input) throws Exception {
        busy = true;
        try {
            super.channelRead(ctx, input);
        } finally {
            busy = false;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object input) throws Exception {
        decode(ctx, input);
        if (isPaused() && hasMore() && !resting) {
            resting = true;
            ctx.channel().config().setAutoRead(false);
        }
    }

    /** Netty's would read on until there is a message, which a paused decoder never has. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (isPaused()) {
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    /** Netty's would drop what is not decoded yet. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            ctx.fireUserEventTriggered(event);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (isPaused()) {
            return;
        }
        int from = in.readerIndex();
        super.decode(ctx, in, out);
        if (failed(out)) {
            broken = true;
            return;
        }
        String fault = reading == Reading.BODY ? null : syntax.read(in, from, in.readerIndex());
        if (fault != null) {
            fail(in, out, fault);
        } else if (!out.isEmpty()) {
            moveOn(out);
        }
    }

    private void moveOn(List<Object> out) {
        message = null;
        if (out.getLast() instanceof LastHttpContent) {
            reading = Reading.HEAD;
            lengths = 0;
            syntax.head();
        } else if (out.getLast() instanceof HttpRequest request) {
            lengths = 0;
            if (HttpUtil.isTransferEncodingChunked(request)) {
                reading = Reading.CHUNKS;
                syntax.chunks();
            } else {
                reading = Reading.BODY;
            }
        }
    }

    private static boolean failed(List<Object> out) {
        return !out.isEmpty()
                && out.getLast() instanceof HttpObject object
                && object.decoderResult().isFailure();
    }

    private void fail(ByteBuf in, List<Object> out, String fault) {
        broken = true;
        in.skipBytes(in.readableBytes());
        out.forEach(ReferenceCountUtil::release);
        out.clear();
        HttpObject invalid = reading == Reading.CHUNKS
                ? new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER)
                : message == null ? createInvalidMessage() : message;
        invalid.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(fault)));
        out.add(invalid);
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) throws Exception {
        HttpMessage created = super.createMessage(initialLine);
        message = created;
        return created;
    }

    /** Netty lets the first of several lengths win in a request of HTTP/1.0. */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        AsciiString name = super.splitHeaderName(line, start, length);
        if (name.contentEqualsIgnoreCase(HttpHeaderNames.CONTENT_LENGTH) && ++lengths > 1) {
            throw new IllegalArgumentException("the request has more than one Content-Length");
        }
        return name;
    }

    /** Netty would let Transfer-Encoding win (RFC 9112, section 6.3, allows both). */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage both) {
        throw new IllegalArgumentException("the request has both Content-Length and Transfer-Encoding");
    }
}
