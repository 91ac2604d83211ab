package dev.tailnet.proxy.audit;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request.
 *
 * @param addresses what the name resolved to, or the address asked for; empty when it did not come to that
 * @param answeredBy who knew the name; null for an address, or when it was not looked up
 * @param address the address that was dialed last; null when none was, or the upstream proxy resolves the name
 * @param route the way to {@code address}; null when there is none
 * @param ruling what the policy said
 * @param failure null when the tunnel was established
 * @param waited time until the node was up; zero when it was
 * @param lookup time of the name's lookup; zero when there was none
 * @param dial time of all dials together; zero when there was none
 */
public record Decision(
        ConnectRequest request,
        List<InetAddress> addresses,
        @Nullable String answeredBy,
        @Nullable InetAddress address,
        @Nullable Route route,
        Ruling ruling,
        @Nullable ConnectFailure failure,
        Duration waited,
        Duration lookup,
        Duration dial) {

    public boolean established() {
        return failure == null;
    }

    /** The name of the policy's rule that decided; null when none did. */
    public @Nullable String rule() {
        return ruling.rule();
    }
}
