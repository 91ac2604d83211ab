package dev.tailnet.proxy.resolve;

/**
 * What a cache has done so far.
 *
 * @param hits lookups answered from memory
 * @param joined lookups that waited for one of the same name that was under way
 * @param misses lookups that somebody else was asked
 * @param names how many names are remembered now
 */
public record CacheCounts(long hits, long joined, long misses, int names) {}
