package dev.tailnet.bridge;

/**
 * Sums since the node was made.
 *
 * @param tunnels tunnels open now
 * @param bytesUp bytes from clients, live tunnels included
 * @param bytesDown bytes to clients
 * @param goHeapBytes Go objects, live and not yet collected
 * @param goSystemBytes what the Go runtime has from the system
 * @param goroutines goroutines of the whole process
 * @param datagramsDroppedUp datagrams to targets that found a queue full or were too long for the network
 * @param datagramsDroppedDown datagrams that found their conduit full
 * @param inbound what came from the tailnet, which is not among the tunnels
 */
public record Stats(
        long tunnels,
        long bytesUp,
        long bytesDown,
        long goHeapBytes,
        long goSystemBytes,
        long goroutines,
        long datagramsDroppedUp,
        long datagramsDroppedDown,
        Inbound inbound) {

    /** The number of fields of {@code struct tailnet_stats}, each a uint64. */
    static final int FIELDS = 13;

    /**
     * Connections from the tailnet.
     *
     * @param open open now
     * @param accepted let in
     * @param refused not let in
     * @param bytesUp bytes from peers, live connections included
     * @param bytesDown bytes to peers
     */
    public record Inbound(long open, long accepted, long refused, long bytesUp, long bytesDown) {
        /** Of a node that has not begun. */
        public static final Inbound NONE = new Inbound(0, 0, 0, 0, 0);
    }

    static Stats of(long[] fields) {
        return new Stats(
                fields[0],
                fields[1],
                fields[2],
                fields[3],
                fields[4],
                fields[5],
                fields[6],
                fields[7],
                new Inbound(fields[8], fields[9], fields[10], fields[11], fields[12]));
    }
}
