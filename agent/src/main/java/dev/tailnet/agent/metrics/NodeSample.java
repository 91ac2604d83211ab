package dev.tailnet.agent.metrics;

/**
 * The library's own numbers at one moment.
 *
 * @param bytesUp from clients since the start, live tunnels included
 * @param bytesDown to clients since the start
 * @param goHeapBytes Go objects, live and not yet collected
 * @param goSystemBytes what the Go runtime has from the system
 * @param inboundUp bytes from peers to what is exposed since the start
 * @param inboundDown bytes from what is exposed to peers since the start
 * @param datagramsDroppedUp datagrams to targets that found a queue full or were too long for the network
 * @param datagramsDroppedDown datagrams of targets that found a queue full
 */
public record NodeSample(
        long bytesUp,
        long bytesDown,
        long goHeapBytes,
        long goSystemBytes,
        long goroutines,
        long inboundUp,
        long inboundDown,
        long datagramsDroppedUp,
        long datagramsDroppedDown) {

    /** While there is no node to ask. */
    public static final NodeSample NONE = new NodeSample(0, 0, 0, 0, 0, 0, 0, 0, 0);
}
