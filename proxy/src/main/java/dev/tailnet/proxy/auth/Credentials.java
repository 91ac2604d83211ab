package dev.tailnet.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a client says of itself.
 *
 * @param password its bytes as they came, at most {@link #MAX_LENGTH}
 */
public record Credentials(String user, byte[] password) {
    /** The most bytes that a name or a password may have, as in RFC 1929; hashing takes longer the longer a password is. */
    public static final int MAX_LENGTH = 255;

    /** Credentials from bytes; empty when they are such as nobody can have. */
    public static Optional<Credentials> of(byte[] user, byte[] password) {
        if (user.length > MAX_LENGTH || password.length > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            String name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(user))
                    .toString();
            return Optional.of(new Credentials(name, password));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Neither: people type passwords where the name goes. */
    @Override
    public String toString() {
        return "Credentials";
    }
}
