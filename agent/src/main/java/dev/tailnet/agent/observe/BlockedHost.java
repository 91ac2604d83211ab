package dev.tailnet.agent.observe;

/**
 * A host that the policy refuses.
 *
 * @param times how often it was refused; too many at worst, never too few
 */
public record BlockedHost(String host, long times) {}
