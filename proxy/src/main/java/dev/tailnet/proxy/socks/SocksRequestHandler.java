package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;

/** Reads the client's request (RFC 1928, section 4) and gives a CONNECT on. */
final class SocksRequestHandler extends SocksHandler {
    private static final int CONNECT = 0x01;
    private static final int IPV4 = 0x01;
    private static final int DOMAIN = 0x03;
    private static final int IPV6 = 0x04;
    /** VER, CMD, RSV, ATYP. */
    private static final int HEAD = 4;

    private static final int PORT = 2;

    SocksRequestHandler(Connection connection, Connector connector) {
        super(connection, connector);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int start = in.readerIndex();
        int version = in.getUnsignedByte(start);
        if (version != VERSION) {
            refuse(ctx, in, SocksReplyCode.GENERAL_FAILURE, "its request has version " + version + ", not 5");
            return;
        }
        if (in.readableBytes() < HEAD) {
            return;
        }
        int command = in.getUnsignedByte(start + 1);
        if (command != CONNECT) {
            refuse(ctx, in, SocksReplyCode.COMMAND_NOT_SUPPORTED, "command " + command + " is not CONNECT");
            return;
        }
        int type = in.getUnsignedByte(start + 3);
        int addressAt = start + HEAD;
        int addressLength;
        switch (type) {
            case IPV4 -> addressLength = 4;
            case IPV6 -> addressLength = 16;
            case DOMAIN -> {
                if (in.readableBytes() <= HEAD) {
                    return;
                }
                addressLength = in.getUnsignedByte(addressAt++);
            }
            default -> {
                refuse(ctx, in, SocksReplyCode.ADDRESS_TYPE_NOT_SUPPORTED, "address type " + type + " is unknown");
                return;
            }
        }
        int portAt = addressAt + addressLength;
        if (in.writerIndex() < portAt + PORT) {
            return;
        }
        byte[] address = ByteBufUtil.getBytes(in, addressAt, addressLength);
        int port = in.getUnsignedShort(portAt);
        in.readerIndex(portAt + PORT);
        try {
            Host host = type == DOMAIN ? HostSyntax.parse(address) : HostSyntax.ofBytes(address);
            connector.connect(connection, Protocol.SOCKS5, Target.of(host, port), SocksReplies.INSTANCE);
            ctx.pipeline().remove(this);
        } catch (ConnectFailure e) {
            refuse(ctx, in, SocksReplyCode.of(e.reason()), e.getMessage());
        }
    }

    private void refuse(ChannelHandlerContext ctx, ByteBuf in, SocksReplyCode code, String why) {
        refuse(ctx, in, SocksReplies.of(ctx.alloc(), code), why);
    }
}
