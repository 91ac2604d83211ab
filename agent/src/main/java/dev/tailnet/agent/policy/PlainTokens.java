package dev.tailnet.agent.policy;

import tools.jackson.core.JsonToken;

/**
 * The part of YAML that nearly all policies are written in, read several times as fast as the library reads all of it, which matters
 * to a hundred thousand rules: keys and lists by indentation, or in brackets on one line. Of everything else, and of what is wrong,
 * it says {@link NotPlain}. Where it does not, the library would have read the same: that is tested.
 */
final class PlainTokens implements Tokens {
    private static final int MOST_DEPTH = 16;
    private static final int IN_BRACKETS = -1;

    private final PlainScanner scanner;
    /** The column of each object and list that is open; {@link #IN_BRACKETS} for those in brackets. */
    private final int[] columns = new int[MOST_DEPTH];

    private final boolean[] isList = new boolean[MOST_DEPTH];
    private int depth;
    private Expected expected = Expected.ROOT;
    private JsonToken current = JsonToken.NOT_AVAILABLE;
    private String word = "";

    /** What comes next. */
    private enum Expected {
        ROOT,
        /** A line that belongs to what is open, or closes it. */
        LINE,
        /** The same line, as it has closed what was open. */
        SAME_LINE,
        KEY,
        VALUE,
        ITEM,
        ITEM_IN_BRACKETS,
        /** In brackets, behind a value. */
        SEPARATOR
    }

    PlainTokens(String text) {
        scanner = new PlainScanner(text);
    }

    @Override
    public JsonToken next() {
        current = switch (expected) {
            case ROOT -> root();
            case LINE -> {
                scanner.nextLine();
                yield inNextLine();
            }
            case SAME_LINE -> inNextLine();
            case KEY -> key();
            case VALUE -> value();
            case ITEM -> item();
            case ITEM_IN_BRACKETS -> itemInBrackets();
            case SEPARATOR -> separator();
        };
        return current;
    }

    private JsonToken root() {
        scanner.nextLine();
        scanner.skipDocumentStart();
        if (scanner.isAtEnd() || scanner.column() != 0) {
            throw NotPlain.INSTANCE;
        }
        return open(JsonToken.START_OBJECT, 0);
    }

    private JsonToken inNextLine() {
        if (scanner.isAtEnd()) {
            return depth == 0 ? JsonToken.NOT_AVAILABLE : close();
        }
        int open = columns[depth - 1];
        boolean isItem = scanner.isItem();
        if (scanner.column() == open && isItem == isList[depth - 1]) {
            return isItem ? item() : key();
        }
        boolean isKeyBehindList = scanner.column() == open && isList[depth - 1];
        if (scanner.column() < open || isKeyBehindList) {
            return close();
        }
        throw NotPlain.INSTANCE;
    }

    private JsonToken key() {
        scanner.skipSpaces();
        word = scanner.key();
        expected = Expected.VALUE;
        return JsonToken.PROPERTY_NAME;
    }

    private JsonToken value() {
        scanner.skipSpaces();
        if (isInBrackets() || !scanner.isAtEndOfLine()) {
            return inLine();
        }
        scanner.nextLine();
        int open = columns[depth - 1];
        if (!scanner.isAtEnd() && scanner.isItem() && scanner.column() >= open) {
            return open(JsonToken.START_ARRAY, scanner.column());
        }
        if (!scanner.isAtEnd() && scanner.column() > open) {
            return open(JsonToken.START_OBJECT, scanner.column());
        }
        throw NotPlain.INSTANCE; // there is no value
    }

    private JsonToken item() {
        scanner.skipDash();
        return scanner.isKey() ? open(JsonToken.START_OBJECT, scanner.column()) : inLine();
    }

    private JsonToken itemInBrackets() {
        scanner.skipSpaces();
        return inLine();
    }

    private JsonToken separator() {
        scanner.skipSpaces();
        boolean isInList = isList[depth - 1];
        if (scanner.skip(',')) {
            return isInList ? itemInBrackets() : key();
        }
        if (scanner.skip(isInList ? ']' : '}')) {
            return close();
        }
        throw NotPlain.INSTANCE;
    }

    private JsonToken inLine() {
        if (scanner.skip('[')) {
            return open(JsonToken.START_ARRAY, IN_BRACKETS);
        }
        if (scanner.skip('{')) {
            return open(JsonToken.START_OBJECT, IN_BRACKETS);
        }
        word = scanner.value();
        expected = isInBrackets() ? Expected.SEPARATOR : Expected.LINE;
        return JsonToken.VALUE_STRING;
    }

    private JsonToken open(JsonToken token, int column) {
        if (depth == MOST_DEPTH) {
            throw NotPlain.INSTANCE;
        }
        boolean isArray = token == JsonToken.START_ARRAY;
        columns[depth] = column;
        isList[depth++] = isArray;
        Expected first = column == IN_BRACKETS ? Expected.ITEM_IN_BRACKETS : Expected.ITEM;
        expected = isArray ? first : Expected.KEY;
        return token;
    }

    private JsonToken close() {
        boolean wasInBrackets = isInBrackets();
        boolean wasList = isList[--depth];
        Expected behindBrackets = isInBrackets() ? Expected.SEPARATOR : Expected.LINE;
        expected = wasInBrackets ? behindBrackets : Expected.SAME_LINE;
        return wasList ? JsonToken.END_ARRAY : JsonToken.END_OBJECT;
    }

    private boolean isInBrackets() {
        return depth > 0 && columns[depth - 1] == IN_BRACKETS;
    }

    @Override
    public JsonToken current() {
        return current;
    }

    @Override
    public String name() {
        return word;
    }

    @Override
    public String text() {
        return word;
    }

    @Override
    public int line() {
        return scanner.line();
    }

    @Override
    public int column() {
        return scanner.column() + 1;
    }

    @Override
    public boolean isAlias() {
        return false;
    }

    /** Only what is wrong is passed over. */
    @Override
    public void skipChildren() {
        throw NotPlain.INSTANCE;
    }
}
