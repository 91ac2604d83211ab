package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.auth.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.Optional;

/**
 * Reads one {@link PasswordRequest} (RFC 1929, section 2) and keeps what comes behind it. Netty's own decoder takes names and
 * passwords for ASCII.
 */
final class PasswordRequestDecoder extends ByteToMessageDecoder {
    private static final byte VERSION = 1;
    /** VER, ULEN. */
    private static final int BEFORE_NAME = 2;

    private boolean decoded;

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (decoded || !in.isReadable()) {
            return;
        }
        int start = in.readerIndex();
        if (in.getByte(start) != VERSION) {
            decoded = true;
            in.skipBytes(in.readableBytes());
            out.add(new PasswordRequest(Optional.empty()));
            return;
        }
        if (in.readableBytes() < BEFORE_NAME) {
            return;
        }
        int nameLength = in.getUnsignedByte(start + 1);
        int passwordAt = BEFORE_NAME + nameLength + 1;
        if (in.readableBytes() < passwordAt) {
            return;
        }
        int passwordLength = in.getUnsignedByte(start + passwordAt - 1);
        if (in.readableBytes() < passwordAt + passwordLength) {
            return;
        }
        decoded = true;
        byte[] name = ByteBufUtil.getBytes(in, start + BEFORE_NAME, nameLength);
        byte[] password = ByteBufUtil.getBytes(in, start + passwordAt, passwordLength);
        in.skipBytes(passwordAt + passwordLength);
        out.add(new PasswordRequest(Credentials.of(name, password)));
    }
}
