package dev.tailnet.agent.tunnel;

/** Ends the operation that runs under an id. */
@FunctionalInterface
interface Canceller {
    void cancel(long id);
}
