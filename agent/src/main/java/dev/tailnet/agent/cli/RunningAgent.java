package dev.tailnet.agent.cli;

import dev.tailnet.agent.ReloadFailure;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.status.StatusDocument.Listener;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What {@code run} needs of an agent. */
interface RunningAgent {

    /** Blocks until the agent has ended, and returns its exit code. */
    int awaitStop();

    /** Where it listens. */
    List<Listener> listeners();

    /** Completes once the node is up, on any thread. */
    CompletionStage<?> up();

    /** Begins the end: gracefully the first time, at once the second. Returns at once. */
    void stop();

    /** Runs a reload, from the reading of the configuration on. */
    void reloading(Runnable reload);

    /** Takes over what a new configuration changes. */
    void reload(Configuration configuration) throws ReloadFailure;

    /** Puts other rules in force. */
    void replacePolicy(PolicySettings rules);

    /** Says how to read the policy again: returns what came of it, or fails with the reason. */
    void onPolicyReload(Supplier<String> reload);

    /** Starts one. */
    interface Starter {
        RunningAgent start(Configuration configuration) throws StartFailure;
    }
}
