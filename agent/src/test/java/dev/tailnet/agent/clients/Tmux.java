package dev.tailnet.agent.clients;

import dev.tailnet.agent.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A terminal with a shell in it, typed into and read from by tmux. */
final class Tmux implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String SESSION = "it";

    private final Path home;
    private final Path socket;

    /** @param variables of the shell's environment */
    Tmux(Path home, Path socket, int columns, int rows, Map<String, String> variables) {
        this.home = home;
        this.socket = socket;
        var program = Program.named("tmux", home).with(variables).with("TERM", "xterm");
        program.run(
                        "-S",
                        socket.toString(),
                        "-f",
                        "/dev/null",
                        "new-session",
                        "-d",
                        "-s",
                        SESSION,
                        "-x",
                        String.valueOf(columns),
                        "-y",
                        String.valueOf(rows),
                        "bash --norc --noprofile")
                .ok();
    }

    /** Types a line. */
    void type(String line) {
        tmux("send-keys", "-t", SESSION, "-l", line);
        press("Enter");
    }

    /** Presses a key, by tmux's name for it: {@code C-c}. */
    void press(String key) {
        tmux("send-keys", "-t", SESSION, key);
    }

    void resize(int columns, int rows) {
        tmux("resize-window", "-t", SESSION, "-x", String.valueOf(columns), "-y", String.valueOf(rows));
    }

    /** Returns what the terminal shows, and has shown, once a line of it is this one. */
    String await(String line) {
        return Eventually.get(PATIENCE, this::shown, text -> text.lines().anyMatch(line::equals));
    }

    /** Returns once this is somewhere in it. */
    void awaitPart(String part) {
        Eventually.get(PATIENCE, this::shown, text -> text.contains(part));
    }

    /** Returns once this line is there several times. */
    void awaitTimes(int times, String line) {
        Eventually.get(
                PATIENCE, this::shown, text -> text.lines().filter(line::equals).count() >= times);
    }

    /** Returns once a program of this name is what the terminal's keys go to. */
    void awaitForeground(String command) {
        var terminal =
                tmux("display-message", "-p", "-t", SESSION, "#{pane_tty}").strip();
        Eventually.get(
                PATIENCE,
                () -> Program.named("ps", home)
                        .run("-o", "stat=,comm=", "-t", terminal)
                        .ok(),
                table -> table.lines()
                        .map(row -> row.strip().split(" +"))
                        .anyMatch(row -> row[0].contains("+") && row[1].equals(command)));
    }

    String shown() {
        return tmux("capture-pane", "-p", "-S", "-", "-t", SESSION);
    }

    private String tmux(String... command) {
        var whole = new ArrayList<>(List.of("-S", socket.toString()));
        whole.addAll(List.of(command));
        return Program.named("tmux", home).run(whole.toArray(String[]::new)).ok();
    }

    @Override
    public void close() {
        tmux("kill-server");
    }
}
