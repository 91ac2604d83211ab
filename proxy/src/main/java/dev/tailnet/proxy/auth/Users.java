package dev.tailnet.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who may use the proxies: names, each with the hash of a password. At least one. */
public final class Users {
    private final Map<String, PasswordHash> hashes;

    private Users(Map<String, PasswordHash> hashes) {
        this.hashes = Collections.unmodifiableMap(hashes);
    }

    /** Hears what is wrong with a line. */
    @FunctionalInterface
    public interface Problems {
        /**
         * @param line counted from 1
         * @param message what is wrong and what is right; quotes nothing of the line
         */
        void found(int line, String message);
    }

    /**
     * Reads lines of the form {@code name:hash}, as {@code openssl passwd -6} makes the hash; empty lines and those that begin
     * with # are comments.
     *
     * @return all that are right, should there be any problem
     */
    public static Users parse(List<String> lines, Problems problems) {
        var hashes = new LinkedHashMap<String, PasswordHash>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                int colon = line.indexOf(':');
                String name = name(line, colon);
                if (hashes.putIfAbsent(name, PasswordHash.parse(line.substring(colon + 1))) != null) {
                    throw new IllegalArgumentException("this user was given before");
                }
            } catch (IllegalArgumentException e) {
                problems.found(i + 1, String.valueOf(e.getMessage()));
            }
        }
        if (hashes.isEmpty()) {
            problems.found(Math.max(1, lines.size()), "there is no user, so nobody could use the proxies");
        }
        return new Users(hashes);
    }

    private static String name(String line, int colon) {
        if (colon < 0) {
            throw new IllegalArgumentException("this is not of the form name:hash");
        }
        String name = line.substring(0, colon);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("there is no name before the colon");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > Credentials.MAX_LENGTH) {
            throw new IllegalArgumentException("the name is longer than " + Credentials.MAX_LENGTH + " bytes");
        }
        if (name.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c))) {
            throw new IllegalArgumentException("the name has blanks or control characters");
        }
        return name;
    }

    public Set<String> names() {
        return hashes.keySet();
    }

    /** Whether that is the user's password. An unknown user costs the time of some known one, always the same. */
    boolean areRight(Credentials credentials) {
        PasswordHash hash = hashes.get(credentials.user());
        if (hash != null) {
            return hash.matches(credentials.password());
        }
        if (!hashes.isEmpty()) {
            int decoy = Math.floorMod(credentials.user().hashCode(), hashes.size());
            var unused = List.copyOf(hashes.values()).get(decoy).matches(credentials.password());
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Users users && users.hashes.equals(hashes);
    }

    @Override
    public int hashCode() {
        return hashes.hashCode();
    }

    @Override
    public String toString() {
        return hashes.size() + (hashes.size() == 1 ? " user" : " users");
    }
}
