package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;

/** The running agent says what is wrong with what it was asked for, in a sentence for the user. */
final class ControlRefusedException extends ControlException {
    private static final long serialVersionUID = 1L;

    ControlRefusedException(String message) {
        super(message);
    }

    @Override
    ExitCode exitCode() {
        return ExitCode.USAGE;
    }
}
