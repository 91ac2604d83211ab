package dev.tailnet.agent.cli;

import java.time.Duration;

/** The time between two attempts of a verb. */
final class Pause {
    private Pause() {}

    /** Waits, and returns false when the verb is to end. */
    static boolean of(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
