package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.dial.DatagramConduit;
import dev.tailnet.proxy.request.ConnectFailure;

/** Has the conduit that a flow is to go through, or makes it, at the moment it is needed. */
@FunctionalInterface
public interface ConduitSource {
    DatagramConduit conduit() throws ConnectFailure;
}
