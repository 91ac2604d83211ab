package dev.tailnet.agent.observe;

import org.jspecify.annotations.Nullable;

/**
 * An open connection, as it is shown.
 *
 * @param id tells it from the others
 * @param protocol the way it came in
 * @param client where from
 * @param role the client's user, or the peer's node; null when there is none
 * @param target what was asked for
 * @param address where it leads; null when that is the target, or not known
 * @param route the way there; {@code inbound} for one from the tailnet
 * @param up bytes from the client, {@value #UNKNOWN} when nobody counts them
 * @param down bytes to it, likewise
 */
public record LiveConnection(
        String id,
        String protocol,
        String client,
        @Nullable String role,
        String target,
        @Nullable String address,
        String route,
        long ageSeconds,
        long up,
        long down) {

    public static final long UNKNOWN = -1;
}
