package dev.tailnet.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.Sha2Crypt;

/** A password's hash as crypt(3) writes it: SHA-512 ({@code $6$}) or SHA-256 ({@code $5$}). */
final class PasswordHash {
    private static final Pattern FORM =
            Pattern.compile("\\$([56])\\$(?:rounds=([0-9]{1,9})\\$)?[./0-9A-Za-z]{1,16}\\$([./0-9A-Za-z]+)");
    private static final int SHA512_LENGTH = 86;
    private static final int SHA256_LENGTH = 43;
    private static final int LEAST_ROUNDS = 1_000;
    /** A tenth of a second and more: as much as one client may make the others wait. */
    private static final int MOST_ROUNDS = 200_000;

    private final byte[] text;
    /** The library takes the whole as the salt. */
    private final String hash;

    private final boolean isSha512;

    private PasswordHash(String text, boolean isSha512) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
        this.hash = text;
        this.isSha512 = isSha512;
    }

    /** @throws IllegalArgumentException whose message says what is wrong and never quotes the hash */
    static PasswordHash parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "what follows the name is no SHA-512 or SHA-256 hash of crypt(3); make one with: openssl passwd -6");
        }
        boolean isSha512 = form.group(1).equals("6");
        if (form.group(3).length() != (isSha512 ? SHA512_LENGTH : SHA256_LENGTH)) {
            throw new IllegalArgumentException("the hash is not complete; make one with: openssl passwd -6");
        }
        if (form.group(2) != null) {
            int rounds = Integer.parseInt(form.group(2));
            if (rounds < LEAST_ROUNDS || rounds > MOST_ROUNDS) {
                throw new IllegalArgumentException(
                        "rounds=" + rounds + " is not in " + LEAST_ROUNDS + ".." + MOST_ROUNDS);
            }
        }
        return new PasswordHash(text, isSha512);
    }

    /** Whether this is the password's hash; takes milliseconds on purpose. */
    boolean matches(byte[] password) {
        // The library overwrites the bytes it is given.
        byte[] copy = password.clone();
        String computed = isSha512 ? Sha2Crypt.sha512Crypt(copy, hash) : Sha2Crypt.sha256Crypt(copy, hash);
        return MessageDigest.isEqual(computed.getBytes(StandardCharsets.US_ASCII), text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PasswordHash that && MessageDigest.isEqual(that.text, text);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }

    @Override
    public String toString() {
        return isSha512 ? "SHA-512" : "SHA-256";
    }
}
