package dev.tailnet.agent.cli;

import java.util.Locale;
import java.util.Optional;

/** A line of the audit for a person. */
final class AuditText {
    private AuditText() {}

    static String print(Json line) {
        var text = new StringBuilder(160);
        text.append(shown(line, "time").orElse("?")).append("  ");
        switch (shown(line, "event").orElse("")) {
            case "decision" -> decision(text, line);
            case "close" -> close(text, line);
            case "lost" ->
                text.append("lost   ").append(shown(line, "count").orElse("?")).append(" lines are missing here");
            case "start" -> text.append("start  the agent begins");
            case "stop" -> text.append("stop   the agent ends");
            default -> text.append("?      a line of another version");
        }
        return text.toString();
    }

    private static void decision(StringBuilder text, Json line) {
        text.append(padded(shown(line, "decision").orElse("?"), 7));
        target(text, line);
        shown(line, "route").ifPresent(route -> text.append("  ").append(route));
        shown(line, "address")
                .filter(address -> !shown(line, "host").orElse("").equals(address))
                .ifPresent(address -> text.append(' ').append(address));
        shown(line, "rule").ifPresent(rule -> text.append("  rule ").append(rule));
        shown(line, "wouldDeny")
                .ifPresent(why -> text.append("  would be denied: ").append(why));
        shown(line, "reason").ifPresent(reason -> text.append("  ").append(reason));
        shown(line, "message").ifPresent(message -> text.append(": ").append(message));
        text.append("  by ").append(client(line));
    }

    private static void close(StringBuilder text, Json line) {
        text.append("close  ");
        target(text, line);
        text.append("  ")
                .append(shown(line, "reason").orElse("?"))
                .append(", ")
                .append(shown(line, "bytesUp").orElse("?"))
                .append(" bytes up, ")
                .append(shown(line, "bytesDown").orElse("?"))
                .append(" down, ")
                .append(seconds(line));
        shown(line, "message").ifPresent(message -> text.append(": ").append(message));
    }

    private static void target(StringBuilder text, Json line) {
        String host = shown(line, "host").orElse("?");
        text.append(shown(line, "protocol").orElse("?"))
                .append(' ')
                .append(host.indexOf(':') < 0 ? host : "[" + host + "]")
                .append(':')
                .append(shown(line, "port").orElse("?"));
    }

    private static String client(Json line) {
        Json process = line.object("process");
        String command = shown(process, "command").orElse("");
        String pid = shown(process, "pid").map(number -> "[" + number + "]").orElse("");
        String uid = shown(process, "uid").map(number -> " uid " + number).orElse("");
        return shown(line, "role").map(role -> role + " at ").orElse("")
                + (command + pid + uid + " " + shown(line, "client").orElse("?")).strip();
    }

    private static String seconds(Json line) {
        try {
            double millis = Double.parseDouble(line.text("durationMs").orElse("0"));
            return String.format(Locale.ROOT, "%.3f s", millis / 1000);
        } catch (NumberFormatException e) {
            return "?";
        }
    }

    /** Fit for a terminal: what a client has made up cannot move the cursor. */
    private static Optional<String> shown(Json line, String key) {
        return line.text(key)
                .map(text -> text.codePoints()
                        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
