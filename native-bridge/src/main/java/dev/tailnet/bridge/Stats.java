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
 */
public record Stats(long tunnels, long bytesUp, long bytesDown, long goHeapBytes, long goSystemBytes, long goroutines) {

    /** The number of fields of {@code struct tailnet_stats}, each a uint64. */
    static final int FIELDS = 6;

    static Stats of(long[] fields) {
        return new Stats(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
    }
}
