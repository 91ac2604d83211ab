package dev.tailnet.proxy.connection;

/** The pipeline event that says that the agent is about to stop: a connection that waits for nothing but another request closes, and any other after the one under way. */
public enum Draining {
    INSTANCE
}
