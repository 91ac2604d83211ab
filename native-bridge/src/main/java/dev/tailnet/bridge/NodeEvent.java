package dev.tailnet.bridge;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node reports on its event stream, one record per kind of frame.
 *
 * <p>On the stream each frame follows a length field of {@value #LENGTH_FIELD_BYTES} bytes, big-endian, that does not
 * count itself.
 */
public sealed interface NodeEvent {

    /** The size of the length field before each frame. */
    int LENGTH_FIELD_BYTES = 4;

    /** No frame is longer, the length field aside; a longer one means that the stream is out of step. */
    int MAX_FRAME_BYTES = 16 << 20;

    /** In place of a time to live: {@code TAILNET_TTL_UNKNOWN}. */
    int TTL_UNKNOWN = 0xffffffff;

    /** The node has started, which is not to say that it is logged in; or it could not, then the stream ends after Stopped. */
    record Started(Code code, String message) implements NodeEvent {}

    /** The node is gone; the end of the stream follows. */
    record Stopped(Code code, String message) implements NodeEvent {}

    /** A notification of the IPN bus, an {@code ipn.Notify} as JSON. */
    record Notify(String json) implements NodeEvent {}

    /** A line of the library's log. */
    record Log(Level level, String text) implements NodeEvent {

        /** How much a line matters. */
        public enum Level {
            DEBUG,
            INFO,
            WARNING,
            ERROR;

            static Level of(int number) {
                return switch (number) {
                    case 0 -> DEBUG;
                    case 2 -> WARNING;
                    case 3 -> ERROR;
                    default -> INFO;
                };
            }
        }
    }

    /**
     * A dial has ended.
     *
     * @param message the error in words; empty on success
     */
    record Dialed(long id, Code code, String message) implements NodeEvent {}

    /**
     * A tunnel has ended, in both directions.
     *
     * @param bytesUp bytes from the client to the target
     * @param bytesDown bytes from the target to the client
     * @param message the error in words; empty where there was none
     */
    record Closed(long id, Code code, long bytesUp, long bytesDown, String message) implements NodeEvent {}

    /**
     * A lookup has ended.
     *
     * @param source who knew; {@link Source#UNKNOWN} when nobody could tell
     * @param timeToLive for how long the answer holds, also that there is none ({@link Code#NO_SUCH_NAME}); null when
     *     unknown
     * @param addresses at least one on success, none on failure
     * @param alsoCalled the host's other names: the full one of a short name that was asked for, and the other way round
     * @param servers who was asked, comma-separated; empty where that is not known, and on failure
     * @param message the error in words; empty on success
     */
    record Resolved(
            long id,
            Code code,
            Source source,
            @Nullable Duration timeToLive,
            List<InetAddress> addresses,
            List<String> alsoCalled,
            String servers,
            String message)
            implements NodeEvent {
        public Resolved {
            addresses = List.copyOf(addresses);
            alsoCalled = List.copyOf(alsoCalled);
        }
    }

    /**
     * A DNS query has been answered.
     *
     * @param source who knew; {@link Source#UNKNOWN} on failure
     * @param servers who was asked, comma-separated; empty where that is not known, and on failure
     * @param response a DNS message; empty on failure
     * @param message the error in words; empty on success
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answered(long id, Code code, Source source, String servers, byte[] response, String message)
            implements NodeEvent {}

    /** The tailnet's peers, routes or DNS settings, or the node's preferences, have changed. */
    record Changed() implements NodeEvent {}

    /**
     * The exit node that is wanted, by the options or by who has set the preference since, is in use or not.
     *
     * @param wanted what it is called; empty when none is wanted any more
     * @param problem why it is not in use; empty when it is
     */
    record ExitNode(String wanted, String problem) implements NodeEvent {}

    /**
     * A connection from the tailnet waits for {@link TailnetNode#judge}.
     *
     * @param id the library's own; what becomes of it has the same
     */
    record Asked(long id, InboundFlow flow) implements NodeEvent {}

    /**
     * A connection from the tailnet was let in.
     *
     * @param id the library's own; {@link Ended} has the same
     */
    record Accepted(long id, InboundFlow flow) implements NodeEvent {}

    /**
     * A connection from the tailnet was refused.
     *
     * @param code {@link Code#DENIED} for a peer that may not, otherwise why the service could not be reached
     * @param message the error in words
     */
    record Rejected(long id, Code code, InboundFlow flow, String message) implements NodeEvent {}

    /**
     * A connection from the tailnet has ended, in both directions.
     *
     * @param bytesUp bytes from the peer to the service
     * @param bytesDown bytes from the service to the peer
     * @param message the error in words; empty where there was none
     */
    record Ended(long id, Code code, long bytesUp, long bytesDown, String message) implements NodeEvent {}

    /**
     * Reads one frame.
     *
     * @param frame the remaining bytes are the frame without its length field; all of them are consumed
     * @throws BridgeException if it is malformed or of an unknown type
     */
    static NodeEvent parse(ByteBuffer frame) {
        ByteBuffer in = frame.slice();
        frame.position(frame.limit());
        int length = in.remaining();
        try {
            int type = Byte.toUnsignedInt(in.get());
            int code = Byte.toUnsignedInt(in.get());
            in.getShort();
            long id = in.getLong();
            return switch (type) {
                case 1 -> new Started(Code.of(code), text(in));
                case 2 -> new Stopped(Code.of(code), text(in));
                case 3 -> new Notify(text(in));
                case 4 -> new Log(Log.Level.of(code), text(in));
                case 5 -> new Dialed(id, Code.of(code), text(in));
                case 6 -> new Closed(id, Code.of(code), in.getLong(), in.getLong(), text(in));
                case 7 -> resolved(id, Code.of(code), in);
                case 8 -> answered(id, Code.of(code), in);
                case 9 -> new Changed();
                case 10 -> exitNode(text(in));
                case 20 -> new Accepted(id, InboundFlow.read(in));
                case 21 -> new Rejected(id, Code.of(code), InboundFlow.read(in), text(in));
                case 22 -> new Ended(id, Code.of(code), in.getLong(), in.getLong(), text(in));
                case 23 -> new Asked(id, InboundFlow.read(in));
                default ->
                    throw new BridgeException(
                            Code.INTERNAL, "event frame of unknown type " + type + ", " + length + " bytes long");
            };
        } catch (BufferUnderflowException | UnknownHostException e) {
            throw new BridgeException(Code.INTERNAL, "malformed event frame, " + length + " bytes long", e);
        }
    }

    private static ExitNode exitNode(String payload) {
        int end = payload.indexOf('\n');
        return end < 0
                ? new ExitNode(payload, "")
                : new ExitNode(payload.substring(0, end), payload.substring(end + 1));
    }

    private static Resolved resolved(long id, Code code, ByteBuffer in) throws UnknownHostException {
        Source source = Source.of(Byte.toUnsignedInt(in.get()));
        int seconds = in.getInt();
        Duration timeToLive = seconds == TTL_UNKNOWN ? null : Duration.ofSeconds(Integer.toUnsignedLong(seconds));
        int count = Byte.toUnsignedInt(in.get());
        List<InetAddress> addresses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            addresses.add(InetAddress.getByAddress(bytes(in)));
        }
        int names = Byte.toUnsignedInt(in.get());
        List<String> alsoCalled = new ArrayList<>(names);
        for (int i = 0; i < names; i++) {
            alsoCalled.add(new String(bytes(in), StandardCharsets.UTF_8));
        }
        String words = text(in);
        return code == Code.OK
                ? new Resolved(id, code, source, timeToLive, addresses, alsoCalled, words, "")
                : new Resolved(id, code, source, timeToLive, addresses, alsoCalled, "", words);
    }

    private static Answered answered(long id, Code code, ByteBuffer in) {
        if (code != Code.OK) {
            return new Answered(id, code, Source.UNKNOWN, "", new byte[0], text(in));
        }
        Source source = Source.of(Byte.toUnsignedInt(in.get()));
        String servers = new String(bytes(in), StandardCharsets.UTF_8);
        byte[] response = new byte[in.remaining()];
        in.get(response);
        return new Answered(id, code, source, servers, response, "");
    }

    /** What follows its length in one byte. */
    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[Byte.toUnsignedInt(in.get())];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(in).toString();
    }
}
