package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** The bytes of all that is sent to a SOCKS client. */
final class SocksReplies implements Replies {
    static final SocksReplies INSTANCE = new SocksReplies();

    private static final int VERSION = 0x05;
    private static final int NO_AUTHENTICATION = 0x00;
    private static final int NO_ACCEPTABLE_METHOD = 0xFF;
    private static final int IPV4 = 0x01;
    /** VER, REP, RSV, ATYP, four bytes of address, two of port. */
    private static final int REPLY_LENGTH = 10;

    private static final int SOCKS4_REPLY_LENGTH = 8;
    private static final int SOCKS4_REJECTED = 0x5B;

    private static final ByteBuf METHOD_CHOSEN = constant(VERSION, NO_AUTHENTICATION);
    private static final ByteBuf ESTABLISHED =
            constant(VERSION, SocksReplyCode.SUCCEEDED.code(), 0, IPV4, 0, 0, 0, 0, 0, 0);

    private SocksReplies() {}

    static ByteBuf noAuthentication() {
        return METHOD_CHOSEN.duplicate();
    }

    static ByteBuf noAcceptableMethod(ByteBufAllocator allocator) {
        return allocator.directBuffer(2).writeByte(VERSION).writeByte(NO_ACCEPTABLE_METHOD);
    }

    /** SOCKS4's "request rejected or failed", so that a client of the older version ends with an error of its own. */
    static ByteBuf socks4Rejected(ByteBufAllocator allocator) {
        return allocator
                .directBuffer(SOCKS4_REPLY_LENGTH)
                .writeByte(0)
                .writeByte(SOCKS4_REJECTED)
                .writeZero(SOCKS4_REPLY_LENGTH - 2);
    }

    static ByteBuf of(ByteBufAllocator allocator, SocksReplyCode code) {
        return allocator
                .directBuffer(REPLY_LENGTH)
                .writeByte(VERSION)
                .writeByte(code.code())
                .writeByte(0)
                .writeByte(IPV4)
                .writeZero(6);
    }

    /** The bound address is given as 0.0.0.0:0: it would tell clients nothing, and none uses it for CONNECT. */
    @Override
    public ByteBuf established(ByteBufAllocator allocator) {
        return ESTABLISHED.duplicate();
    }

    @Override
    public ByteBuf failed(ByteBufAllocator allocator, ConnectFailure failure) {
        return of(allocator, SocksReplyCode.of(failure.reason()));
    }

    private static ByteBuf constant(int... bytes) {
        ByteBuf buffer = Unpooled.directBuffer(bytes.length, bytes.length);
        for (int b : bytes) {
            buffer.writeByte(b);
        }
        return Unpooled.unreleasableBuffer(buffer).asReadOnly();
    }
}
