package dev.tailnet.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Arguments as tailscale's command line takes them, in the form that picocli reads: Go's flags have one dash or two,
 * and {@code --socket} stands before the verb.
 */
final class TailscaleArguments {
    private static final Set<String> SOCKET = Set.of("-socket", "--socket");
    private static final Set<String> VERSION = Set.of("-V", "--version", "-version");

    private TailscaleArguments() {}

    static String[] translate(String[] arguments) {
        var rest = new ArrayList<>(List.of(arguments));
        var socket = new ArrayList<String>();
        while (!rest.isEmpty() && isSocket(rest.getFirst())) {
            var flag = dashes(rest.removeFirst());
            socket.add(flag.contains("=") || rest.isEmpty() ? flag : flag + "=" + rest.removeFirst());
        }
        if (rest.size() == 1 && VERSION.contains(rest.getFirst())) {
            return new String[] {"version"};
        }
        var translated = new ArrayList<String>();
        var isFlag = true;
        for (var argument : rest) {
            isFlag &= !argument.equals("--");
            translated.add(isFlag && argument.startsWith("-") ? dashes(argument) : argument);
        }
        if (!translated.isEmpty() && !translated.getFirst().startsWith("-")) {
            translated.addAll(1, socket);
        }
        return translated.toArray(String[]::new);
    }

    private static boolean isSocket(String argument) {
        return SOCKET.contains(argument.replaceFirst("=.*", ""));
    }

    /** One for names of one character, two for others. */
    private static String dashes(String argument) {
        var name = argument.replaceFirst("^--?", "");
        if (name.isEmpty()) {
            return argument;
        }
        var isShort = name.length() == 1 || name.startsWith("=", 1);
        return (isShort ? "-" : "--") + name;
    }
}
