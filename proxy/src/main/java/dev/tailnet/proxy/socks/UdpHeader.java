package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.datagram.DropReason;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What a datagram between client and relay begins with (RFC 1928, section 7): RSV, FRAG, ATYP, address, port. */
final class UdpHeader {
    private static final int RESERVED = 2;
    /** RSV, FRAG and ATYP. */
    private static final int BEFORE_ADDRESS = 4;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final byte IPV4 = Socks5AddressType.IPv4.byteValue();
    private static final byte IPV6 = Socks5AddressType.IPv6.byteValue();
    private static final byte DOMAIN = Socks5AddressType.DOMAIN.byteValue();

    private UdpHeader() {}

    /** What a header says. */
    sealed interface Reading {}

    /** What follows the header is for this target. */
    record For(Target target) implements Reading {}

    /** The datagram is not to be relayed. */
    record Unfit(DropReason reason) implements Reading {}

    /** Reads a datagram's header; unless it is unfit, the reader index is behind it then. */
    static Reading read(ByteBuf in) {
        if (in.readableBytes() < BEFORE_ADDRESS) {
            return new Unfit(DropReason.MALFORMED);
        }
        in.skipBytes(RESERVED);
        if (in.readByte() != 0) {
            return new Unfit(DropReason.FRAGMENT);
        }
        try {
            Host host = readHost(in);
            return host == null || in.readableBytes() < Short.BYTES
                    ? new Unfit(DropReason.MALFORMED)
                    : new For(Target.of(host, in.readUnsignedShort()));
        } catch (ConnectFailure e) {
            return new Unfit(DropReason.MALFORMED);
        }
    }

    /** A datagram with its header. */
    static ByteBuf write(InetSocketAddress from, ByteBuf payload) {
        byte[] address = from.getAddress().getAddress();
        int length = payload.readableBytes();
        return payload.alloc()
                .directBuffer(BEFORE_ADDRESS + address.length + Short.BYTES + length)
                .writeZero(BEFORE_ADDRESS - 1)
                .writeByte(address.length == IPV4_BYTES ? IPV4 : IPV6)
                .writeBytes(address)
                .writeShort(from.getPort())
                .writeBytes(payload, payload.readerIndex(), length);
    }

    private static @Nullable Host readHost(ByteBuf in) throws ConnectFailure {
        byte type = in.readByte();
        if (type == IPV4 || type == IPV6) {
            byte[] bytes = take(in, type == IPV4 ? IPV4_BYTES : IPV6_BYTES);
            return bytes == null ? null : new Host.Address(address(bytes));
        }
        if (type != DOMAIN || !in.isReadable()) {
            return null;
        }
        byte[] name = take(in, in.readUnsignedByte());
        return name == null ? null : HostSyntax.parse(name);
    }

    private static byte @Nullable [] take(ByteBuf in, int length) {
        if (in.readableBytes() < length) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    /** An IPv4-mapped IPv6 address comes out as the IPv4 address. */
    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(bytes.length + " bytes are no address", e);
        }
    }
}
