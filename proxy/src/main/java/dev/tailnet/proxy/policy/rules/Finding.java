package dev.tailnet.proxy.policy.rules;

import org.jspecify.annotations.Nullable;

/**
 * What rules say.
 *
 * @param rule the first that says so; null when none does, and this is what becomes of the rest
 */
public record Finding(Effect effect, @Nullable Rule rule) {}
