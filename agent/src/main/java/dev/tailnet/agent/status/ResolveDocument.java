package dev.tailnet.agent.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /resolve?name=NAME} on the control socket; the component names are the JSON keys.
 *
 * @param name as it was looked up
 * @param addresses in the order in which they would be tried, but for those of the tailnet, which come first; empty when the
 *     name has none
 * @param ttlSeconds for how long the answer holds from now on; null when nobody said
 * @param answeredBy who knew; null when nobody could tell
 * @param cached whether it was known before
 * @param error why nobody could tell; null when somebody could
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ResolveDocument(
        String name,
        List<Address> addresses,
        @Nullable Long ttlSeconds,
        @Nullable String answeredBy,
        boolean cached,
        @Nullable String error) {

    /** @param route {@code tailnet}, {@code subnet}, {@code exit-node}, {@code direct}, or {@code unowned} for no way at all */
    record Address(String address, String route) {}
}
