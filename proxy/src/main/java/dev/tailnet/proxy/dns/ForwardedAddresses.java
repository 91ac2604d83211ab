package dev.tailnet.proxy.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The addresses in a response that somebody else has written (RFC 1035, section 4.1): of records that are one, and the hints of
 * service bindings (RFC 9460).
 *
 * @param additional where the additional records begin, which come last
 */
record ForwardedAddresses(List<Found> found, int additional) {
    private static final int COUNTS = 4;
    private static final int HEADER = 12;
    private static final int QUESTION_AFTER_NAME = 4;
    private static final int POINTER = 0xc0;
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int SVCB = 64;
    private static final int HTTPS = 65;
    private static final int IPV4_HINT = 4;
    private static final int IPV6_HINT = 6;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    /**
     * One of them.
     *
     * @param type of its record
     * @param timeToLive in seconds
     * @param isAdditional whether the record is not part of the answer proper
     */
    record Found(InetAddress address, int type, long timeToLive, boolean isAdditional) {}

    /** @throws IllegalArgumentException if it is no DNS message */
    static ForwardedAddresses in(byte[] message) {
        try {
            return read(ByteBuffer.wrap(message));
        } catch (BufferUnderflowException | UnknownHostException e) {
            throw new IllegalArgumentException("a response that is not whole", e);
        }
    }

    private static ForwardedAddresses read(ByteBuffer in) throws UnknownHostException {
        in.position(COUNTS);
        int questions = unsignedShort(in);
        int answers = unsignedShort(in) + unsignedShort(in);
        int more = unsignedShort(in);
        for (int i = 0; i < questions; i++) {
            skipName(in);
            skip(in, QUESTION_AFTER_NAME);
        }
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < answers; i++) {
            record(in, false, found);
        }
        int additional = in.position();
        for (int i = 0; i < more; i++) {
            record(in, true, found);
        }
        return new ForwardedAddresses(List.copyOf(found), additional);
    }

    private static void record(ByteBuffer in, boolean isAdditional, List<Found> found) throws UnknownHostException {
        skipName(in);
        int type = unsignedShort(in);
        unsignedShort(in); // of the Internet: nobody knows another class
        long timeToLive = Integer.toUnsignedLong(in.getInt());
        ByteBuffer data = slice(in, unsignedShort(in));
        switch (type) {
            case A, AAAA -> found.add(new Found(address(data), type, timeToLive, isAdditional));
            case SVCB, HTTPS -> {
                unsignedShort(data); // priority
                skipName(data);
                while (data.hasRemaining()) {
                    int key = unsignedShort(data);
                    ByteBuffer value = slice(data, unsignedShort(data));
                    while ((key == IPV4_HINT || key == IPV6_HINT) && value.hasRemaining()) {
                        ByteBuffer hint = slice(value, key == IPV4_HINT ? IPV4_BYTES : IPV6_BYTES);
                        found.add(new Found(address(hint), type, timeToLive, isAdditional));
                    }
                }
            }
            default -> {}
        }
    }

    private static InetAddress address(ByteBuffer data) throws UnknownHostException {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return InetAddress.getByAddress(bytes);
    }

    private static void skipName(ByteBuffer in) {
        while (true) {
            int length = Byte.toUnsignedInt(in.get());
            if ((length & POINTER) == POINTER) {
                in.get();
                return;
            }
            if (length == 0) {
                return;
            }
            skip(in, length);
        }
    }

    private static void skip(ByteBuffer in, int bytes) {
        slice(in, bytes);
    }

    private static ByteBuffer slice(ByteBuffer in, int bytes) {
        if (bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer slice = in.slice(in.position(), bytes);
        in.position(in.position() + bytes);
        return slice;
    }

    private static int unsignedShort(ByteBuffer in) {
        return Short.toUnsignedInt(in.getShort());
    }

    /** The message without its additional records. */
    byte[] withoutAdditional(byte[] message) {
        byte[] shorter = Arrays.copyOf(message, additional);
        shorter[HEADER - 2] = 0;
        shorter[HEADER - 1] = 0;
        return shorter;
    }
}
