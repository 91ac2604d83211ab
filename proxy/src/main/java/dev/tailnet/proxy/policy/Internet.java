package dev.tailnet.proxy.policy;

import java.util.function.Supplier;

/** What becomes of targets outside the tailnet. */
public sealed interface Internet {
    Internet DIRECT = new Direct();
    Internet DENY = new Denied();

    /** They are dialed from this host's own network. */
    record Direct() implements Internet {}

    /** They are refused. */
    record Denied() implements Internet {}

    /**
     * They are reached through the tailnet's exit node, and never otherwise.
     *
     * @param trouble why the exit node is not in use, asked when a target needs it; empty when it is
     */
    record ThroughExitNode(Supplier<String> trouble) implements Internet {}
}
