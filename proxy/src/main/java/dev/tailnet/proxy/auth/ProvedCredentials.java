package dev.tailnet.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Credentials that proved right, one for each user at most, kept as digests under a key that only this object has. */
final class ProvedCredentials {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final SecretKeySpec key;
    private final Map<String, byte[]> digests = new ConcurrentHashMap<>();

    ProvedCredentials() {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, ALGORITHM);
    }

    void add(Credentials credentials) {
        digests.put(credentials.user(), digest(credentials));
    }

    boolean contains(Credentials credentials) {
        byte[] digest = digest(credentials);
        byte[] known = digests.get(credentials.user());
        return known != null && MessageDigest.isEqual(known, digest);
    }

    private byte[] digest(Credentials credentials) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(credentials.user().getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(credentials.password());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
