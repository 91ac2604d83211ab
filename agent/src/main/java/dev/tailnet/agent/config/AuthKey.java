package dev.tailnet.agent.config;

/**
 * A key that admits the node to its tailnet.
 *
 * @param secret the key
 * @param source where it came from, in words for an error message: {@code TS_AUTHKEY (environment)}
 */
public record AuthKey(Secret secret, String source) {}
