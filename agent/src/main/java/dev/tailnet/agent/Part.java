package dev.tailnet.agent;

import dev.tailnet.agent.config.Settings;

/** A piece of the running agent: opened after those it needs, closed before them. {@link Parts} calls the steps in this order. */
interface Part extends AutoCloseable {

    /**
     * Opens what this part has.
     *
     * @throws StartFailure with what was opened left to {@link #close}
     */
    default void open() throws StartFailure {}

    /** Every part is open, and the node has started. */
    default void started() {}

    /**
     * Takes over what a new configuration changes here. When another part turns it down, this is called with the old one again.
     *
     * @throws ReloadFailure with all as it was here
     */
    default void apply(Settings next) throws ReloadFailure {}

    /** The end has begun: nothing new is taken on, and what is under way goes on. */
    default void windDown() {}

    /** The connections have ended, or had their time; the node is still there. */
    default void drained() {}

    /** Closes what is open; {@link #open} may have failed, or not have been called. */
    @Override
    default void close() {}
}
