package dev.tailnet.agent.policy;

/** The characters of {@link PlainTokens}: lines, spaces, comments, keys and values, all of one kind each. */
final class PlainScanner {
    private static final int LONGEST_KEY = 64;
    private static final char END = '\n';

    private final String text;
    private int at;
    private int lineStart;
    private int line = 1;

    PlainScanner(String text) {
        this.text = text;
    }

    private char peek() {
        return peek(at);
    }

    private char peek(int index) {
        return index < text.length() ? text.charAt(index) : END;
    }

    boolean isAtEnd() {
        return at >= text.length();
    }

    int line() {
        return line;
    }

    /** From 0. */
    int column() {
        return at - lineStart;
    }

    void skipSpaces() {
        while (peek() == ' ') {
            at++;
        }
    }

    boolean skip(char wanted) {
        boolean isThere = peek() == wanted;
        at += isThere ? 1 : 0;
        return isThere;
    }

    /** Whether nothing but a comment is left of the line; behind spaces. */
    boolean isAtEndOfLine() {
        return peek() == END || peek() == '#';
    }

    /** Goes to the next line that says something, of this one nothing may be left; the first time to the first. */
    void nextLine() {
        while (!isAtEnd()) {
            int before = at;
            skipSpaces();
            if (peek() == '#' && (at > before || at == lineStart)) {
                skipComment();
            } else if (peek() != END) {
                if (before == lineStart) {
                    return;
                }
                throw NotPlain.INSTANCE;
            }
            if (!isAtEnd()) {
                line++;
                lineStart = ++at;
            }
        }
    }

    /** Passes over the line that begins a document, which most leave out. */
    void skipDocumentStart() {
        if (column() == 0 && text.startsWith("---", at) && isBlank(peek(at + 3))) {
            at += 3;
            nextLine();
        }
    }

    private void skipComment() {
        while (peek() != END) {
            checkPrintable(peek());
            at++;
        }
    }

    /** Whether an item of a list begins here. */
    boolean isItem() {
        return peek() == '-' && (peek(at + 1) == ' ' || peek(at + 1) == END);
    }

    /** Goes to what the item is, in the same line. */
    void skipDash() {
        at++;
        skipSpaces();
        if (isAtEndOfLine() || isItem()) {
            throw NotPlain.INSTANCE;
        }
    }

    boolean isKey() {
        int end = endOfKey();
        return end > at && peek(end) == ':' && isBlank(peek(end + 1));
    }

    /** Reads a key with its colon. */
    String key() {
        if (!isKey()) {
            throw NotPlain.INSTANCE;
        }
        int end = endOfKey();
        String key = text.substring(at, end);
        at = end + 1;
        return key;
    }

    private int endOfKey() {
        int end = at;
        while (isAsciiLetter(peek(end)) || (end > at && peek(end) == '-')) {
            end++;
        }
        return end - at > LONGEST_KEY ? at : end;
    }

    /** Reads a value up to its end. */
    String value() {
        char first = peek();
        return first == '\'' || first == '"' ? quoted(first) : unquoted();
    }

    private String quoted(char quote) {
        int start = ++at;
        while (peek() != quote) {
            if (peek() == END || (quote == '"' && peek() == '\\')) {
                throw NotPlain.INSTANCE;
            }
            checkPrintable(peek());
            at++;
        }
        String value = text.substring(start, at++);
        if (peek() == quote) {
            throw NotPlain.INSTANCE;
        }
        return value;
    }

    private String unquoted() {
        int start = at;
        if (!isFirst(peek())) {
            throw NotPlain.INSTANCE;
        }
        int end = at;
        while (true) {
            while (isInside(peek(end)) || isColonInside(end)) {
                end++;
            }
            int next = end;
            while (peek(next) == ' ') {
                next++;
            }
            if (next == end || !isInside(peek(next))) {
                break;
            }
            end = next;
        }
        if (peek(end) == ':') {
            throw NotPlain.INSTANCE;
        }
        at = end;
        String value = text.substring(start, end);
        if (value.equalsIgnoreCase("null")) {
            throw NotPlain.INSTANCE;
        }
        return value;
    }

    private boolean isColonInside(int index) {
        return peek(index) == ':' && (isInside(peek(index + 1)) || peek(index + 1) == ':');
    }

    private static boolean isFirst(char c) {
        return isWord(c) || c == '.' || c == '/' || c == '_';
    }

    private static boolean isInside(char c) {
        return isFirst(c) || c == '-' || c == '+' || c == '*' || c == '%' || c == '@';
    }

    private static boolean isWord(char c) {
        return isAsciiLetter(c) || (c >= '0' && c <= '9') || (c >= 0xc0 && c < 0xd800 && Character.isLetter(c));
    }

    private static boolean isAsciiLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == END;
    }

    private static void checkPrintable(char c) {
        boolean isAscii = c >= ' ' && c < 0x7f;
        if (!isAscii && (c < 0xa0 || c >= 0xd800 || c == 0x2028 || c == 0x2029)) {
            throw NotPlain.INSTANCE;
        }
    }
}
