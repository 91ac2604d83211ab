package dev.tailnet.agent.cli;

import java.io.FileInputStream;
import java.io.IOException;

/** Tells whether this process still has the terminal it was started from: a terminal that goes away sends SIGHUP too. */
final class ControllingTerminal {
    private ControllingTerminal() {}

    static boolean isThere() {
        try (var terminal = new FileInputStream("/dev/tty")) {
            return terminal.getFD().valid();
        } catch (IOException e) {
            return false;
        }
    }
}
