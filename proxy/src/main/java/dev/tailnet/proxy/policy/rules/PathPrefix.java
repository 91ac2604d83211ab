package dev.tailnet.proxy.policy.rules;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The beginning of a path, whole segments of it: {@code /api} is the beginning of {@code /api} and {@code /api/users}, not of
 * {@code /apis}.
 *
 * <p>Servers differ in how they read dots, percent signs and backslashes in a path (RFC 3986, section 6). A path that two could
 * read differently may be any for a rule that denies, and is none for one that allows.
 *
 * @param text begins with a slash
 */
public record PathPrefix(String text) {

    public PathPrefix {
        if (!text.startsWith("/") || text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is no path: it begins with / and has no query");
        }
        if (isAmbiguous(text)) {
            throw new IllegalArgumentException(
                    "'" + text + "' can be read in more than one way: leave out dot segments, //, ;, \\, %2f and %5c");
        }
    }

    /**
     * @param target path and query
     * @param effect what a match would mean
     */
    boolean matches(String target, Effect effect) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        return isAmbiguous(path) ? effect == Effect.DENY : isBeginningOf(decoded(path));
    }

    private boolean isBeginningOf(String path) {
        String prefix = decoded(text);
        return path.startsWith(prefix)
                && (prefix.endsWith("/") || path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }

    boolean covers(PathPrefix other) {
        return isBeginningOf(decoded(other.text));
    }

    private static boolean isAmbiguous(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        if (!isDecodable(path) || path.toLowerCase(Locale.ROOT).contains("%2f")) {
            return true;
        }
        String decoded = decoded(path);
        if (decoded.contains("//") || decoded.chars().anyMatch(c -> c < 0x20 || c == ';' || c == '\\' || c == '%')) {
            return true;
        }
        for (String segment : decoded.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDecodable(String path) {
        for (int at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
            if (at + 2 >= path.length()
                    || Character.digit(path.charAt(at + 1), 16) < 0
                    || Character.digit(path.charAt(at + 2), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        byte[] bytes = new byte[path.length()];
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '%') {
                bytes[length++] = (byte) Integer.parseInt(path, i + 1, i + 3, 16);
                i += 2;
            } else {
                bytes[length++] = (byte) path.charAt(i);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return text;
    }
}
