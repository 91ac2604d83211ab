package dev.tailnet.proxy.audit;

/** How words of others stand in a line of the audit. */
public final class AuditWords {
    private AuditWords() {}

    /** In quotes, and on one line. */
    public static String quoted(String words) {
        StringBuilder quoted = new StringBuilder(words.length() + 2).append('"');
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else {
                quoted.append(Character.isISOControl(c) ? ' ' : c);
            }
        }
        return quoted.append('"').toString();
    }
}
