package dev.tailnet.agent.cli;

/** A line on the standard error of somebody who waits at a terminal, which goes away again. */
final class Progress {
    private static final String CLEAR_LINE = "\r\033[K";

    private Progress() {}

    static void show(String text) {
        if (isAtTerminal()) {
            System.err.print(CLEAR_LINE + text);
            System.err.flush();
        }
    }

    static void clear() {
        show("");
    }

    private static boolean isAtTerminal() {
        var console = System.console();
        return console != null
                && console.isTerminal()
                && !System.getenv().getOrDefault("TERM", "dumb").equals("dumb");
    }
}
