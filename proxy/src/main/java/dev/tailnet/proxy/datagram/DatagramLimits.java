package dev.tailnet.proxy.datagram;

import java.time.Duration;

/**
 * What the datagrams of one session may take up.
 *
 * @param what has a target each, in words
 * @param targets how many targets may be in use at a time
 * @param inUse a target that was used within this time does not make way for another
 * @param refusal for how long a target that was refused is not asked about again
 * @param waitingDatagrams how many may wait for the decision on one target
 * @param waitingBytes how many bytes may wait for decisions on all targets
 */
public record DatagramLimits(
        String what, int targets, Duration inUse, Duration refusal, int waitingDatagrams, int waitingBytes) {

    /** For one association. */
    public static final DatagramLimits ASSOCIATION = new DatagramLimits(
            "targets of the association", 256, Duration.ofSeconds(2), Duration.ofSeconds(10), 32, 1 << 20);

    /** For one forward: each of its clients has a flow of its own. */
    public static final DatagramLimits FORWARD = new DatagramLimits(
            "clients of the forward", 1024, Duration.ofSeconds(2), Duration.ofSeconds(10), 32, 4 << 20);

    public DatagramLimits {
        if (targets < 1 || waitingDatagrams < 1 || waitingBytes < 1) {
            throw new IllegalArgumentException("limits of " + targets + " targets, " + waitingDatagrams
                    + " waiting datagrams and " + waitingBytes + " waiting bytes let nothing through");
        }
    }
}
