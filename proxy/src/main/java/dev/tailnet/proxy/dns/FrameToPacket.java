package dev.tailnet.proxy.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.MessageToMessageDecoder;
import java.net.InetSocketAddress;
import java.util.List;

/** Makes a message of a TCP stream look like one that came over UDP, so that one decoder reads both. */
final class FrameToPacket extends MessageToMessageDecoder<ByteBuf> {
    /** Responses go back over the stream, which may be a unix socket's. */
    private static final InetSocketAddress NOBODY = new InetSocketAddress(0);

    FrameToPacket() {
        super(ByteBuf.class);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf frame, List<Object> out) {
        out.add(new DatagramPacket(frame.retain(), NOBODY, NOBODY));
    }
}
