package dev.tailnet.agent.config;

import java.util.ArrayList;
import java.util.List;

/** Splits text into words as a POSIX shell does: blanks, single and double quotes, backslashes; no expansion. */
final class ShellWords {
    private ShellWords() {}

    static List<String> split(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (quote == '\'') {
                if (c == '\'') {
                    quote = '\0';
                } else {
                    word.append(c);
                }
            } else if (c == '\\') {
                if (++i == text.length()) {
                    throw new IllegalArgumentException("ends with a backslash");
                }
                var next = text.charAt(i);
                if (quote == '"' && "$`\"\\\n".indexOf(next) < 0) {
                    word.append(c);
                }
                if (next != '\n') {
                    word.append(next);
                    inWord = true;
                }
            } else if (quote == '"') {
                if (c == '"') {
                    quote = '\0';
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != '\0') {
            throw new IllegalArgumentException("has a quote " + quote + " that does not end");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
