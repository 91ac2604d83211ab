package dev.tailnet.proxy.connection;

import java.util.Map;

/**
 * How many connections there are.
 *
 * @param accepted since the start
 * @param rejections since the start, every reason having its number
 * @param handshaking now, before their request is complete
 * @param waiting now, for the node, a lookup or a dial
 * @param exchanging now, clients whose HTTP requests are passed on one by one
 * @param tunnels now open
 */
public record Counts(
        long accepted, Map<Rejection, Long> rejections, int handshaking, int waiting, int exchanging, int tunnels) {
    /** Before there are any. */
    public static final Counts NONE = new Counts(0, Map.of(), 0, 0, 0, 0);

    public Counts {
        rejections = Map.copyOf(rejections);
    }

    /** All that live. */
    public int live() {
        return handshaking + waiting + exchanging + tunnels;
    }

    /** How many were rejected for a reason. */
    public long rejected(Rejection reason) {
        return rejections.getOrDefault(reason, 0L);
    }

    /** How many were one too many, in all or of their client. */
    public long tooMany() {
        return rejected(Rejection.MAX_CONNECTIONS) + rejected(Rejection.MAX_CONNECTIONS_PER_CLIENT);
    }
}
