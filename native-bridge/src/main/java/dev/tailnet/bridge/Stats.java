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
 */
public record Stats(
        long tunnels,
        long bytesUp,
        long bytesDown,
        long goHeapBytes,
        long goSystemBytes,
        long goroutines,
        long datagramsDroppedUp,
        long datagramsDroppedDown) {

    /** The number of fields of {@code struct tailnet_stats}, each a uint64. */
    static final int FIELDS = 8;

    static Stats of(long[] fields) {
        return new Stats(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7]);
    }
}
