package dev.tailnet.agent.logging;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes an exception and its causes in one line. */
final class Throwables {
    private static final int FRAMES = 16;
    private static final int CAUSES = 8;

    private Throwables() {}

    static String inOneLine(Throwable error, boolean withFrames) {
        var line = new StringBuilder();
        var current = error;
        for (int i = 0; i < CAUSES && current != null; i++) {
            line.append(i == 0 ? "" : "; caused by ").append(current);
            if (withFrames) {
                line.append(Arrays.stream(current.getStackTrace())
                        .limit(FRAMES)
                        .map(frame -> frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
                        .collect(Collectors.joining(" < ", " [", "]")));
            }
            current = current.getCause();
        }
        return line.toString();
    }
}
