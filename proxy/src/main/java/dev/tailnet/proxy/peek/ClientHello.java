package dev.tailnet.proxy.peek;

import dev.tailnet.proxy.peek.ShownName.Found;
import dev.tailnet.proxy.peek.ShownName.Missing;
import dev.tailnet.proxy.peek.ShownName.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The server name in the first message of TLS (RFC 8446, section 4.1.2; RFC 6066, section 3). With encrypted client hello (ECH) the
 * name that can be read is another one than the client means: there is none then. That holds for browsers, too, that send the
 * extension without meaning it, as the two cannot be told apart.
 */
final class ClientHello {
    static final byte HANDSHAKE = 22;

    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM = 34;
    private static final int MAX_RECORD = 1 << 14;
    private static final int MAX_MESSAGE = 1 << 16;
    private static final int SERVER_NAME = 0;
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;
    private static final int ENCRYPTED_SERVER_NAME = 0xffce;
    private static final int HOST_NAME = 0;
    private static final ShownName MISSING = new Missing(Protocol.TLS);

    private ClientHello() {}

    static ShownName read(ByteBuf bytes) {
        ByteBuf message = Unpooled.buffer(bytes.readableBytes());
        try {
            int at = bytes.readerIndex();
            while (true) {
                if (message.readableBytes() >= MESSAGE_HEADER) {
                    int length = message.getUnsignedMedium(1);
                    if (message.getByte(0) != CLIENT_HELLO || length > MAX_MESSAGE) {
                        return MISSING;
                    }
                    if (message.readableBytes() >= MESSAGE_HEADER + length) {
                        return inBody(message.slice(MESSAGE_HEADER, length));
                    }
                }
                if (bytes.writerIndex() - at < RECORD_HEADER) {
                    return ShownName.INCOMPLETE;
                }
                int length = bytes.getUnsignedShort(at + 3);
                if (bytes.getByte(at) != HANDSHAKE || length == 0 || length > MAX_RECORD) {
                    return MISSING;
                }
                int available = Math.min(length, bytes.writerIndex() - at - RECORD_HEADER);
                message.writeBytes(bytes, at + RECORD_HEADER, available);
                if (available < length) {
                    return isHello(message) ? ShownName.INCOMPLETE : MISSING;
                }
                at += RECORD_HEADER + length;
            }
        } catch (IndexOutOfBoundsException e) {
            return MISSING;
        } finally {
            message.release();
        }
    }

    private static boolean isHello(ByteBuf message) {
        return !message.isReadable() || message.getByte(0) == CLIENT_HELLO;
    }

    private static ShownName inBody(ByteBuf body) {
        body.skipBytes(VERSION_AND_RANDOM);
        body.skipBytes(body.readUnsignedByte());
        body.skipBytes(body.readUnsignedShort());
        body.skipBytes(body.readUnsignedByte());
        if (!body.isReadable()) {
            return MISSING;
        }
        @Nullable ShownName name = null;
        ByteBuf extensions = body.readSlice(body.readUnsignedShort());
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
            if (type == ENCRYPTED_CLIENT_HELLO || type == ENCRYPTED_SERVER_NAME) {
                return MISSING;
            }
            if (type == SERVER_NAME) {
                if (name != null) {
                    return MISSING;
                }
                name = inExtension(extension);
            }
        }
        return name == null ? MISSING : name;
    }

    private static ShownName inExtension(ByteBuf extension) {
        ByteBuf list = extension.readSlice(extension.readUnsignedShort());
        if (list.readUnsignedByte() != HOST_NAME) {
            return MISSING;
        }
        String name = list.readCharSequence(list.readUnsignedShort(), StandardCharsets.ISO_8859_1)
                .toString();
        return list.isReadable() || name.isEmpty() ? MISSING : new Found(name, Protocol.TLS);
    }
}
