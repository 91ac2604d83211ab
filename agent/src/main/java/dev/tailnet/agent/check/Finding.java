package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;

/**
 * What is wrong.
 *
 * @param cause for programs, and the exit code
 * @param words the cause for people, without a full stop
 * @param fix what to do; empty when the words say it
 */
public record Finding(ExitCode cause, String words, String fix) {

    /** One from a sentence that has its fix behind it, as the agent's reasons have. */
    static Finding of(ExitCode cause, String reason, String otherwise) {
        int end = reason.indexOf(". ");
        if (end < 0) {
            return new Finding(cause, withoutStop(reason), otherwise);
        }
        return new Finding(cause, reason.substring(0, end), reason.substring(end + 2));
    }

    private static String withoutStop(String text) {
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
}
