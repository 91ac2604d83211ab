package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.socksx.SocksVersion;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthStatus;
import java.net.InetSocketAddress;

/** The bytes of all that is sent to a SOCKS5 client. */
final class SocksReplies implements Replies {
    static final SocksReplies INSTANCE = new SocksReplies();

    private static final byte VERSION = SocksVersion.SOCKS5.byteValue();
    private static final byte IPV4 = Socks5AddressType.IPv4.byteValue();
    /** VER, REP, RSV, ATYP, four bytes of address, two of port. */
    private static final int REPLY_LENGTH = 10;

    /** Of the negotiation in RFC 1929, section 2. */
    private static final int PASSWORD_VERSION = 1;

    private static final ByteBuf METHOD_CHOSEN = constant(VERSION, Socks5AuthMethod.NO_AUTH.byteValue());
    private static final ByteBuf ESTABLISHED =
            constant(VERSION, Socks5CommandStatus.SUCCESS.byteValue(), 0, IPV4, 0, 0, 0, 0, 0, 0);

    private SocksReplies() {}

    static ByteBuf noAuthentication() {
        return METHOD_CHOSEN.duplicate();
    }

    static ByteBuf noAcceptableMethod(ByteBufAllocator allocator) {
        return allocator.directBuffer(2).writeByte(VERSION).writeByte(Socks5AuthMethod.UNACCEPTED.byteValue());
    }

    static ByteBuf passwordMethod(ByteBufAllocator allocator) {
        return allocator.directBuffer(2).writeByte(VERSION).writeByte(Socks5AuthMethod.PASSWORD.byteValue());
    }

    static ByteBuf rightPassword(ByteBufAllocator allocator) {
        return passwordStatus(allocator, Socks5PasswordAuthStatus.SUCCESS);
    }

    static ByteBuf wrongPassword(ByteBufAllocator allocator) {
        return passwordStatus(allocator, Socks5PasswordAuthStatus.FAILURE);
    }

    private static ByteBuf passwordStatus(ByteBufAllocator allocator, Socks5PasswordAuthStatus status) {
        return allocator.directBuffer(2).writeByte(PASSWORD_VERSION).writeByte(status.byteValue());
    }

    static ByteBuf of(ByteBufAllocator allocator, Socks5CommandStatus status) {
        return allocator
                .directBuffer(REPLY_LENGTH)
                .writeByte(VERSION)
                .writeByte(status.byteValue())
                .writeByte(0)
                .writeByte(IPV4)
                .writeZero(6);
    }

    /** The table of failures: each one's status. */
    static Socks5CommandStatus statusOf(FailureReason reason) {
        return switch (reason) {
            case NOT_ALLOWED, DENIED_BY_PEER -> Socks5CommandStatus.FORBIDDEN;
            case CONNECTION_REFUSED -> Socks5CommandStatus.CONNECTION_REFUSED;
            case HOST_UNREACHABLE, NAME_NOT_FOUND, RESOLUTION_FAILED, NOT_ON_TAILNET ->
                Socks5CommandStatus.HOST_UNREACHABLE;
            case NETWORK_UNREACHABLE, NODE_NOT_READY -> Socks5CommandStatus.NETWORK_UNREACHABLE;
            case TIMEOUT, RESOLUTION_TIMEOUT -> Socks5CommandStatus.TTL_EXPIRED;
            case BAD_TARGET, UPSTREAM_PROXY, CANCELLED, RESOURCES, TOO_MANY_CONNECTIONS, INTERNAL ->
                Socks5CommandStatus.FAILURE;
        };
    }

    /** The bound address is given as 0.0.0.0:0: it would tell clients nothing, and none uses it for CONNECT. */
    @Override
    public ByteBuf established(ByteBufAllocator allocator) {
        return ESTABLISHED.duplicate();
    }

    /** To an ASSOCIATE: where the client is to send its datagrams. */
    static ByteBuf associated(ByteBufAllocator allocator, InetSocketAddress relay) {
        byte[] address = relay.getAddress().getAddress();
        return allocator
                .directBuffer(REPLY_LENGTH - Integer.BYTES + address.length)
                .writeByte(VERSION)
                .writeByte(Socks5CommandStatus.SUCCESS.byteValue())
                .writeByte(0)
                .writeByte(address.length == Integer.BYTES ? IPV4 : Socks5AddressType.IPv6.byteValue())
                .writeBytes(address)
                .writeShort(relay.getPort());
    }

    @Override
    public ByteBuf failed(ByteBufAllocator allocator, ConnectFailure failure) {
        return of(allocator, statusOf(failure.reason()));
    }

    private static ByteBuf constant(int... bytes) {
        ByteBuf buffer = Unpooled.directBuffer(bytes.length, bytes.length);
        for (int b : bytes) {
            buffer.writeByte(b);
        }
        return Unpooled.unreleasableBuffer(buffer).asReadOnly();
    }
}
