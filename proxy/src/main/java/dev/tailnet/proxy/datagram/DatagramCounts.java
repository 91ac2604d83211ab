package dev.tailnet.proxy.datagram;

import java.util.Map;

/**
 * How many datagrams there were since the start, and how many targets and associations there are now.
 *
 * @param up from clients to targets
 * @param down from targets to clients
 * @param dropped for each reason
 */
public record DatagramCounts(
        long associations,
        long flows,
        long up,
        long bytesUp,
        long down,
        long bytesDown,
        Map<DropReason, Long> dropped) {
    public DatagramCounts {
        dropped = Map.copyOf(dropped);
    }
}
