package dev.tailnet.proxy.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of RFC 9112 for what frames a request: request line, field lines, chunk sizes. Reads along with Netty's decoder
 * and finds what that one forgives, since what two parsers read differently is how a request is smuggled past one of them
 * (section 11.2): bare CR and LF, NUL, folded lines, white space before a colon or in a request line, signs and blanks in
 * chunk sizes.
 */
final class RequestSyntax {

    /** What the next byte belongs to. */
    private enum Place {
        START,
        START_LF,
        METHOD,
        TARGET_START,
        TARGET,
        VERSION,
        LINE_LF,
        LINE_START,
        NAME,
        VALUE,
        END_LF,
        SIZE_START,
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF
    }

    private static final int MAX_SIZE_DIGITS = 8;

    private Place place = Place.START;
    private long size;
    private int digits;

    /** Begins the head of a request. */
    void head() {
        place = Place.START;
    }

    /** Begins a chunked body, which ends like a head. */
    void chunks() {
        place = Place.SIZE_START;
    }

    /**
     * Reads on.
     *
     * @return what is wrong, in words; null for nothing so far
     */
    @Nullable
    String read(ByteBuf bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (place == Place.DATA) {
                long skipped = Math.min(size, to - at);
                size -= skipped;
                at += (int) skipped;
                place = size == 0 ? Place.DATA_CR : Place.DATA;
            } else {
                String fault = read(bytes.getUnsignedByte(at++));
                if (fault != null) {
                    return fault;
                }
            }
        }
        return null;
    }

    private @Nullable String read(int b) {
        return switch (place) {
            case START -> {
                place = b == '\r' ? Place.START_LF : Place.METHOD;
                yield b == '\r' || isToken(b) ? null : "a request begins with its method";
            }
            case START_LF -> lineFeed(b, Place.START);
            case METHOD -> {
                place = b == ' ' ? Place.TARGET_START : Place.METHOD;
                yield b == ' ' || isToken(b) ? null : "the method has a character that none has";
            }
            case TARGET_START -> {
                place = Place.TARGET;
                yield isVisible(b) ? null : "one space separates the method from the target";
            }
            case TARGET -> {
                place = b == ' ' ? Place.VERSION : Place.TARGET;
                yield b == ' ' || isVisible(b) ? null : "the request's target has a character that none has";
            }
            case VERSION -> {
                place = b == '\r' ? Place.LINE_LF : Place.VERSION;
                yield b == '\r' || isVisible(b) ? null : "the request line ends with the version and CRLF";
            }
            case LINE_LF -> lineFeed(b, Place.LINE_START);
            case LINE_START -> lineStart(b);
            case NAME -> {
                place = b == ':' ? Place.VALUE : Place.NAME;
                yield b == ':' || isToken(b) ? null : nameFault(b);
            }
            case VALUE -> text(b, Place.VALUE, Place.LINE_LF);
            case END_LF -> lineFeed(b, Place.START);
            case SIZE_START -> {
                size = 0;
                digits = 0;
                place = Place.SIZE;
                yield digit(b);
            }
            case SIZE ->
                switch (b) {
                    case ';' -> {
                        place = Place.EXTENSION;
                        yield null;
                    }
                    case '\r' -> {
                        place = Place.SIZE_LF;
                        yield null;
                    }
                    default -> digit(b);
                };
            case EXTENSION -> text(b, Place.EXTENSION, Place.SIZE_LF);
            case SIZE_LF -> lineFeed(b, size == 0 ? Place.LINE_START : Place.DATA);
            case DATA -> throw new IllegalStateException("data is skipped");
            case DATA_CR -> {
                place = Place.DATA_LF;
                yield b == '\r' ? null : "a chunk is longer than its size says";
            }
            case DATA_LF -> lineFeed(b, Place.SIZE_START);
        };
    }

    private @Nullable String lineStart(int b) {
        if (b == '\r') {
            place = Place.END_LF;
            return null;
        }
        place = Place.NAME;
        if (b == ' ' || b == '\t') {
            return "a field line begins with white space (folded lines are obsolete: RFC 9112, section 5.2)";
        }
        return isToken(b) ? null : nameFault(b);
    }

    private static String nameFault(int b) {
        return b == ' ' || b == '\t'
                ? "white space stands before the colon of a field"
                : "a field name has a character that none has";
    }

    /** A value or an extension: anything but control characters, up to its CR. */
    private @Nullable String text(int b, Place same, Place end) {
        if (b == '\r') {
            place = end;
            return null;
        }
        place = same;
        return b == '\t' || (b >= ' ' && b != 0x7F) ? null : "a line has a control character in it";
    }

    private @Nullable String lineFeed(int b, Place next) {
        place = next;
        return b == '\n' ? null : "a CR stands alone";
    }

    private @Nullable String digit(int b) {
        int value = Character.digit(b, 16);
        size = size * 16 + value;
        return value >= 0 && b < 0x80 && ++digits <= MAX_SIZE_DIGITS ? null : "a chunk's size is no hexadecimal number";
    }

    private static boolean isVisible(int b) {
        return b > ' ' && b != 0x7F;
    }

    /** A tchar of RFC 9110, section 5.6.2. */
    private static boolean isToken(int b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || (b > ' ' && b < 0x7F && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
    }
}
