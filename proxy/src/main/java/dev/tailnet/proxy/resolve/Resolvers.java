package dev.tailnet.proxy.resolve;

/**
 * Who is asked for names.
 *
 * @param everywhere knows the tailnet's names, then the system's
 * @param tailnet knows the tailnet's names and asks nobody else: for any other it fails with {@code NOT_ON_TAILNET}
 */
public record Resolvers(Resolver everywhere, Resolver tailnet) {}
