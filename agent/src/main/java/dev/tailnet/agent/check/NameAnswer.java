package dev.tailnet.agent.check;

import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a name means to the agent.
 *
 * @param addresses empty when it has none
 * @param answeredBy who knew; empty when nobody could tell
 * @param error why nobody could tell; empty when somebody could
 */
public record NameAnswer(List<Address> addresses, String answeredBy, String error) {
    public NameAnswer {
        addresses = List.copyOf(addresses);
    }

    /** An address, and the way that leads there. */
    public record Address(InetAddress address, Route route) {
        String text() {
            return AddressText.of(address);
        }
    }

    /** The one that a connection tries first: those of the tailnet before all others. */
    Optional<Address> first() {
        return addresses.stream()
                .filter(address -> isThroughTailnet(address.route()))
                .findFirst()
                .or(() -> addresses.stream().findFirst());
    }

    static boolean isThroughTailnet(Route route) {
        return switch (route) {
            case TAILNET, SUBNET -> true;
            case EXIT_NODE, DIRECT, UPSTREAM_PROXY, UNOWNED -> false;
        };
    }
}
