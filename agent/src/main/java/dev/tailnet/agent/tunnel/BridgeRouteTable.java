package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.route.RouteTable;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the node which way leads to an address. While there is no node to ask, none does: nothing leaves by mistake. */
public final class BridgeRouteTable implements RouteTable {
    private static final Logger LOGGER = LoggerFactory.getLogger(BridgeRouteTable.class);

    private final NodeLink link;

    public BridgeRouteTable(NodeLink link) {
        this.link = link;
    }

    @Override
    public Route routeOf(InetAddress address) {
        TailnetNode node = link.node();
        if (node == null) {
            return Route.UNOWNED;
        }
        try {
            return switch (node.routeOf(address)) {
                case NONE -> Route.DIRECT;
                case PEER -> Route.TAILNET;
                case SUBNET -> Route.SUBNET;
                case EXIT_NODE -> Route.EXIT_NODE;
                case UNOWNED, UNKNOWN -> Route.UNOWNED;
            };
        } catch (BridgeException e) {
            LOGGER.warn("No route to {}: {}", AddressText.of(address), e.getMessage());
            return Route.UNOWNED;
        }
    }
}
