package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.socksx.v4.Socks4CommandStatus;

/** The bytes of all that is sent to a SOCKS4 client, which knows one code for every failure: the other two are about identd. */
final class Socks4Replies implements Replies {
    static final Socks4Replies INSTANCE = new Socks4Replies();

    /** VN, CD, two bytes of port, four of address: neither means anything for CONNECT. */
    private static final int LENGTH = 8;

    private Socks4Replies() {}

    static ByteBuf rejected(ByteBufAllocator allocator) {
        return of(allocator, Socks4CommandStatus.REJECTED_OR_FAILED);
    }

    @Override
    public ByteBuf established(ByteBufAllocator allocator) {
        return of(allocator, Socks4CommandStatus.SUCCESS);
    }

    @Override
    public ByteBuf failed(ByteBufAllocator allocator, ConnectFailure failure) {
        return rejected(allocator);
    }

    private static ByteBuf of(ByteBufAllocator allocator, Socks4CommandStatus status) {
        return allocator
                .directBuffer(LENGTH)
                .writeByte(0)
                .writeByte(status.byteValue())
                .writeZero(LENGTH - 2);
    }
}
