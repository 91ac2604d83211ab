package dev.tailnet.agent.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads values that are one of a few words. */
final class Words {
    private Words() {}

    /** {@code exit-node} as {@code EXIT_NODE}. */
    static <E extends Enum<E>> E of(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (isWord(constant.name(), text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is none of "
                + Arrays.stream(type.getEnumConstants()).map(Words::word).collect(Collectors.joining(", ")));
    }

    /** As {@link #word} and any case, without making a word of each: there may be very many rules. */
    private static boolean isWord(String name, String text) {
        if (name.length() != text.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char wanted = name.charAt(i) == '_' ? '-' : name.charAt(i);
            char c = text.charAt(i);
            if (c != wanted && Character.toUpperCase(c) != wanted) {
                return false;
            }
        }
        return true;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static boolean bool(String text) {
        return switch (text) {
            case "true", "yes" -> true;
            case "false", "no" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }
}
