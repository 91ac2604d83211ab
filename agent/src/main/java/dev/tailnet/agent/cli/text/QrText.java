package dev.tailnet.agent.cli.text;

import io.nayuki.qrcodegen.QrCode;
import java.util.Locale;
import java.util.Map;

/** QR codes (ISO/IEC 18004, error correction level M) made of characters, light on dark as most terminals are. */
public enum QrText {
    /** {@link #SMALL} where the locale has Unicode, else {@link #ASCII}. */
    AUTO,
    /** Two characters a module, of ASCII only. */
    ASCII,
    /** Two full blocks a module. */
    LARGE,
    /** Half blocks: a character is two modules, one above the other. */
    SMALL;

    /** What ISO/IEC 18004 asks for around the code, in modules. */
    private static final int QUIET = 4;

    private static final String UTF_8 = "utf-8";

    /** @throws IllegalArgumentException if there is no such form */
    public static QrText named(String name) {
        for (var form : values()) {
            if (form.name().equalsIgnoreCase(name)) {
                return form;
            }
        }
        throw new IllegalArgumentException("'" + name + "' is none of auto, ascii, large, small");
    }

    /** The code in lines, the last one ended too. */
    public String print(String text, Map<String, String> environment) {
        var code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        return switch (this) {
            case AUTO -> (isUnicode(environment) ? SMALL : ASCII).print(text, environment);
            case ASCII -> large(code, "##");
            case LARGE -> large(code, "\u2588\u2588");
            case SMALL -> small(code);
        };
    }

    private static boolean isUnicode(Map<String, String> environment) {
        // The first that is set decides (POSIX, 8.2).
        for (var variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            var locale = environment.getOrDefault(variable, "");
            if (!locale.isEmpty()) {
                var lower = locale.toLowerCase(Locale.ROOT);
                return lower.contains(UTF_8) || lower.contains("utf8");
            }
        }
        return false;
    }

    private static String large(QrCode code, String light) {
        var text = new StringBuilder();
        for (int y = -QUIET; y < code.size + QUIET; y++) {
            for (int x = -QUIET; x < code.size + QUIET; x++) {
                text.append(code.getModule(x, y) ? "  " : light);
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    private static String small(QrCode code) {
        var text = new StringBuilder();
        for (int y = -QUIET; y < code.size + QUIET; y += 2) {
            for (int x = -QUIET; x < code.size + QUIET; x++) {
                var above = !code.getModule(x, y);
                // The number of rows is odd: below the last there is nothing.
                var below = y + 1 < code.size + QUIET && !code.getModule(x, y + 1);
                text.append(half(above, below));
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    private static char half(boolean above, boolean below) {
        if (above) {
            return below ? '\u2588' : '\u2580';
        }
        return below ? '\u2584' : ' ';
    }
}
