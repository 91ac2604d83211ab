package dev.tailnet.agent.check;

import dev.tailnet.agent.config.Flags;
import java.net.InetAddress;
import java.util.Map;

/**
 * This process.
 *
 * @param flags what an agent would be started with, beside the environment
 * @param library loads it
 * @param direct tries the target without the agent
 */
public record Here(Map<String, String> environment, Flags flags, Library library, Direct direct) {

    /** The process that this code runs in. */
    public Here(Map<String, String> environment, Flags flags, Library library) {
        this(environment, flags, library, DirectAttempt::make);
    }

    /** The way to an address without the agent. */
    @FunctionalInterface
    public interface Direct {
        DirectAttempt attempt(InetAddress address, int port);
    }

    /** The library, where there is no agent that has loaded it. */
    @FunctionalInterface
    public interface Library {
        /**
         * Returns its version.
         *
         * @throws Unanswered when it cannot be loaded
         */
        String load() throws Unanswered;
    }
}
