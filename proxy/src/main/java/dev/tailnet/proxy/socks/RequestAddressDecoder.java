package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.HostSyntax;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.socksx.v5.Socks5AddressDecoder;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;

/**
 * Reads the address of a CONNECT or UDP ASSOCIATE request, and refuses every other command: Netty's message for an address that
 * cannot be read has lost the command, which has precedence.
 *
 * <p>A name comes out as {@link HostSyntax} spells it. Netty's own decoder takes names for ASCII, and its message refuses
 * characters that are newer than the Unicode of IDNA 2003.
 */
final class RequestAddressDecoder implements Socks5AddressDecoder {
    static final RequestAddressDecoder INSTANCE = new RequestAddressDecoder();

    /** CMD, RSV, ATYP: from the command to the address. */
    private static final int FROM_COMMAND = 3;

    private static final byte ASSOCIATE = Socks5CommandType.UDP_ASSOCIATE.byteValue();

    private RequestAddressDecoder() {}

    @Override
    public String decodeAddress(Socks5AddressType type, ByteBuf in) throws Exception {
        int command = in.getUnsignedByte(in.readerIndex() - FROM_COMMAND);
        if (command != Socks5CommandType.CONNECT.byteValue() && command != ASSOCIATE) {
            throw new RequestRefused(
                    Socks5CommandStatus.COMMAND_UNSUPPORTED,
                    "command " + command + " is neither CONNECT nor UDP ASSOCIATE");
        }
        if (type.equals(Socks5AddressType.DOMAIN)) {
            return command == ASSOCIATE ? anyName(in) : name(in);
        }
        if (type.equals(Socks5AddressType.IPv4) || type.equals(Socks5AddressType.IPv6)) {
            return DEFAULT.decodeAddress(type, in);
        }
        throw new RequestRefused(
                Socks5CommandStatus.ADDRESS_UNSUPPORTED,
                "address type " + Byte.toUnsignedInt(type.byteValue()) + " is unknown");
    }

    /** A client's own name, of no interest whatever it is. */
    private static String anyName(ByteBuf in) {
        in.skipBytes(in.readUnsignedByte());
        return "client";
    }

    private static String name(ByteBuf in) {
        int length = in.readUnsignedByte();
        int start = in.readerIndex();
        in.skipBytes(length);
        byte[] name = new byte[length];
        in.getBytes(start, name);
        try {
            return HostSyntax.parse(name).toString();
        } catch (ConnectFailure e) {
            throw new RequestRefused(SocksReplies.statusOf(e.reason()), e.getMessage());
        }
    }
}
