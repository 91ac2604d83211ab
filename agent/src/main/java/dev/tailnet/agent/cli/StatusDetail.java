package dev.tailnet.agent.cli;

import java.util.List;

/**
 * How much of the peers {@code status} shows.
 *
 * @param isWithPeers any at all
 * @param isActiveOnly only those that there has been traffic with
 * @param isVerbose all that is known of them
 */
record StatusDetail(boolean isWithPeers, boolean isActiveOnly, boolean isVerbose) {
    static final StatusDetail SUMMARY = new StatusDetail(true, false, false);

    private static final String IDLE = "idle";

    boolean isEverything() {
        return isWithPeers && !isActiveOnly;
    }

    List<Json> peers(Json status) {
        if (!isWithPeers) {
            return List.of();
        }
        return status.objects("peers").stream()
                .filter(peer -> !isActiveOnly
                        || peer.text("path").filter(path -> !path.equals(IDLE)).isPresent())
                .toList();
    }
}
