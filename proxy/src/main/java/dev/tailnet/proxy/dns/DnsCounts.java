package dev.tailnet.proxy.dns;

/**
 * Queries so far, by what became of them.
 *
 * @param answered with what somebody knew, that there is no such name included
 * @param refused by the policy, or for being of a kind that is not served
 * @param failed for lack of an answer, or because too many were under way
 * @param malformed nothing that could be read
 */
public record DnsCounts(long answered, long refused, long failed, long malformed) {
    public static final DnsCounts NONE = new DnsCounts(0, 0, 0, 0);
}
