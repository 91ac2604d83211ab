package dev.tailnet.bridge;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a node logs in with: an auth key, or what Tailscale makes an auth key for. It prints as dots, and {@link #close} overwrites
 * it; the library keeps a copy of its own in memory.
 */
public final class LoginCredential implements AutoCloseable {
    private final byte[] text;
    private boolean wiped;

    private LoginCredential(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * An auth key.
     *
     * @throws IllegalArgumentException if it has characters that no key has; the message does not show it
     */
    public static LoginCredential authKey(String key) {
        return new LoginCredential(line("auth-key", key));
    }

    /**
     * The secret of an OAuth client, which may have attributes ({@code ?ephemeral=false}).
     *
     * @throws IllegalArgumentException if it has characters that no secret has; the message does not show it
     */
    public static LoginCredential clientSecret(String secret) {
        return new LoginCredential(line("client-secret", secret));
    }

    /**
     * A federated identity: with a token that says what this workload is, or with the audience for which the platform is asked
     * for one.
     *
     * @throws IllegalArgumentException if there are not exactly one of these, or a value has a blank or control character
     */
    public static LoginCredential identity(String clientId, @Nullable String idToken, @Nullable String audience) {
        if ((idToken == null) == (audience == null)) {
            throw new IllegalArgumentException("an identity has either an ID token or an audience");
        }
        return new LoginCredential(line("client-id", clientId)
                + (idToken == null ? "" : line("id-token", idToken))
                + (audience == null ? "" : line("audience", audience)));
    }

    /** Nothing: a person logs the node in, at a page of the control server. */
    public static LoginCredential person() {
        return new LoginCredential("");
    }

    private static String line(String name, String value) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "the " + name
                            + " is empty, or has a character that none has: check for a line break, a space or a truncated copy");
        }
        return name + " " + value + "\n";
    }

    /** Lends the text to one native call as a C string that is wiped before this returns. */
    synchronized int lend(ToIntFunction<Pointer> call) {
        if (wiped) {
            throw new IllegalStateException("the credential has been wiped");
        }
        try (Memory memory = new Memory(text.length + 1L)) {
            try {
                memory.write(0, text, 0, text.length);
                memory.setByte(text.length, (byte) 0);
                return call.applyAsInt(memory);
            } finally {
                memory.clear();
            }
        }
    }

    /** Overwrites it. A node that was given it keeps working. */
    @Override
    public synchronized void close() {
        wiped = true;
        Arrays.fill(text, (byte) 0);
    }

    @Override
    public String toString() {
        return "\u2022\u2022\u2022\u2022";
    }
}
