package dev.tailnet.agent.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A value that must not be seen: whatever prints or logs it gets {@value #MASK}, only {@link #reveal} gives
 * it away.
 */
public final class Secret {
    static final String MASK = "********";

    /** A token that lists many claims is far longer than a key. */
    private static final int LONGEST = 16 * 1024;

    private final byte[] utf8;

    private Secret(byte[] utf8) {
        this.utf8 = utf8;
    }

    public static Secret of(String value) {
        return new Secret(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a text may be a key or a token: none has blanks, line ends or characters beyond ASCII. */
    static boolean isPlausible(String text) {
        return !text.isEmpty() && text.length() <= LONGEST && text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /** The value itself, for the one call that needs it. Never log, store or concatenate the result. */
    public String reveal() {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(utf8, secret.utf8);
    }

    /** The same for every secret: a hash of a short value tells the value. */
    @Override
    public int hashCode() {
        return 1;
    }

    @Override
    public String toString() {
        return MASK;
    }
}
