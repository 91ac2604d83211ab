package dev.tailnet.bridge;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.Arrays;
import java.util.function.ToIntFunction;

/**
 * A tailnet auth key. It prints as dots, and {@link #close} overwrites it; the library keeps a copy of its own in
 * memory for as long as the node may need it to log in.
 */
public final class AuthKey implements AutoCloseable {
    private final byte[] bytes;
    private boolean wiped;

    private AuthKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies a key; the array stays the caller's to wipe.
     *
     * @throws IllegalArgumentException if it is empty or holds anything but printable ASCII, as no key does; the message
     *     does not show it
     */
    public static AuthKey of(char[] key) {
        if (key.length == 0) {
            throw new IllegalArgumentException("the auth key is empty");
        }
        byte[] bytes = new byte[key.length];
        for (int i = 0; i < key.length; i++) {
            if (key[i] <= ' ' || key[i] > '~') {
                Arrays.fill(bytes, (byte) 0);
                throw new IllegalArgumentException("the auth key has a character at position " + (i + 1)
                        + " that no key has: check for a line break, a space or a truncated copy");
            }
            bytes[i] = (byte) key[i];
        }
        return new AuthKey(bytes);
    }

    /** As {@link #of(char[])}, for a key that is a string already, out of the environment for one. */
    public static AuthKey of(String key) {
        char[] chars = key.toCharArray();
        try {
            return of(chars);
        } finally {
            Arrays.fill(chars, '\0');
        }
    }

    /** Lends the key to one native call as a C string that is wiped before this returns. */
    synchronized int lend(ToIntFunction<Pointer> call) {
        if (wiped) {
            throw new IllegalStateException("the auth key has been wiped");
        }
        try (Memory memory = new Memory(bytes.length + 1L)) {
            try {
                memory.write(0, bytes, 0, bytes.length);
                memory.setByte(bytes.length, (byte) 0);
                return call.applyAsInt(memory);
            } finally {
                memory.clear();
            }
        }
    }

    /** Overwrites the key. A node made with it keeps working. */
    @Override
    public synchronized void close() {
        wiped = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "\u2022\u2022\u2022\u2022";
    }
}
