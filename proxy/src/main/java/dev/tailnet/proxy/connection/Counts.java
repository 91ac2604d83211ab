package dev.tailnet.proxy.connection;

/**
 * How many connections there are.
 *
 * @param accepted since the start
 * @param rejected of the accepted ones, closed at once because the limit was reached
 * @param handshaking now, before their request is complete
 * @param waiting now, for the node, a lookup or a dial
 * @param tunnels now open
 */
public record Counts(long accepted, long rejected, int handshaking, int waiting, int tunnels) {

    /** All that live. */
    public int live() {
        return handshaking + waiting + tunnels;
    }
}
