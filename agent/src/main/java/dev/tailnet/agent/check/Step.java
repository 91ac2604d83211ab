package dev.tailnet.agent.check;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A step of the way.
 *
 * @param name in one or two words
 * @param took null where nothing had to be waited for
 * @param words what was found
 * @param finding null unless it failed
 */
public record Step(
        String name,
        Outcome outcome,
        @Nullable Duration took,
        String words,
        @Nullable Finding finding) {

    /** What came of it. */
    public enum Outcome {
        PASSED,
        FAILED,
        /** Worth knowing; the way goes on. */
        NOTE
    }

    static Step passed(String name, @Nullable Duration took, String words) {
        return new Step(name, Outcome.PASSED, took, words, null);
    }

    static Step note(String name, @Nullable Duration took, String words) {
        return new Step(name, Outcome.NOTE, took, words, null);
    }

    static Step failed(String name, @Nullable Duration took, Finding finding) {
        return new Step(name, Outcome.FAILED, took, finding.words(), finding);
    }
}
