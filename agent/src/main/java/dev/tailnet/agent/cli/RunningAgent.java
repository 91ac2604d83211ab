package dev.tailnet.agent.cli;

import dev.tailnet.agent.ReloadFailure;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.agent.config.Settings;

/** What {@code run} needs of an agent. */
interface RunningAgent {

    /** Blocks until the agent has ended, and returns its exit code. */
    int awaitStop();

    /** Begins the end: gracefully the first time, at once the second. Returns at once. */
    void stop();

    /** Takes over what a new configuration changes. */
    void reload(Settings settings) throws ReloadFailure;

    /** Starts one. */
    interface Starter {
        RunningAgent start(Settings settings) throws StartFailure;
    }
}
