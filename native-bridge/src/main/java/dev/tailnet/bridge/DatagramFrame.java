package dev.tailnet.bridge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What passes through a conduit of {@link TailnetNode#openDatagrams}, {@code enum tailnet_datagram_frame} of
 * {@code tailnet_bridge.h}: the records come from the library, the static methods write what goes to it.
 *
 * <p>In the conduit each frame follows a length field of {@value #LENGTH_FIELD_BYTES} bytes, big-endian, that does not count
 * itself. Flows go by ids that the caller chooses.
 */
public sealed interface DatagramFrame {

    /** The size of the length field before each frame. */
    int LENGTH_FIELD_BYTES = 4;

    /** Length field and header: what stands before a datagram. */
    int HEADER_BYTES = 16;

    /** The longest datagram that UDP has, over IPv6. */
    int MAX_DATAGRAM_BYTES = 65_527;

    /** No frame from the library is longer, the length field aside. */
    int MAX_FRAME_BYTES = HEADER_BYTES - LENGTH_FIELD_BYTES + MAX_DATAGRAM_BYTES;

    /**
     * What came of {@link #open}.
     *
     * @param message the error in words; empty on success
     */
    record Opened(long id, Code code, String message) implements DatagramFrame {}

    /**
     * A flow has ended by itself.
     *
     * @param message the reason in words
     */
    record Closed(long id, Code code, String message) implements DatagramFrame {}

    /**
     * A datagram of the flow's target.
     *
     * @param payload a view of the frame that was parsed
     */
    record Datagram(long id, ByteBuffer payload) implements DatagramFrame {}

    /**
     * Reads one frame.
     *
     * @param frame the remaining bytes are the frame without its length field; all of them are consumed
     * @throws BridgeException if it is malformed or of an unknown type
     */
    static DatagramFrame parse(ByteBuffer frame) {
        ByteBuffer in = frame.slice();
        frame.position(frame.limit());
        try {
            int type = Byte.toUnsignedInt(in.get());
            int code = Byte.toUnsignedInt(in.get());
            in.getShort();
            long id = in.getLong();
            return switch (type) {
                case 3 -> new Datagram(id, in.slice());
                case 4 -> new Opened(id, Code.of(code), text(in));
                case 5 -> new Closed(id, Code.of(code), text(in));
                default -> throw new BridgeException(Code.INTERNAL, "datagram frame of unknown type " + type);
            };
        } catch (BufferUnderflowException e) {
            throw new BridgeException(Code.INTERNAL, "malformed datagram frame", e);
        }
    }

    /** A request to open a flow, ready to be written. */
    static byte[] open(long id, Via via, InetSocketAddress target) {
        InetAddress address = target.getAddress();
        byte[] bytes = address.getAddress();
        return header(1, via.number(), id, Short.BYTES + bytes.length, Short.BYTES + bytes.length)
                .putShort((short) target.getPort())
                .put(bytes)
                .array();
    }

    /** A request to close a flow, ready to be written. */
    static byte[] close(long id) {
        return header(2, 0, id, 0, 0).array();
    }

    /** What to write before a datagram of that length. */
    static byte[] datagramHeader(long id, int length) {
        return header(3, 0, id, length, 0).array();
    }

    private static ByteBuffer header(int type, int code, long id, int payload, int room) {
        return ByteBuffer.allocate(HEADER_BYTES + room)
                .putInt(HEADER_BYTES - LENGTH_FIELD_BYTES + payload)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putLong(id);
    }

    private static String text(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(in).toString();
    }
}
