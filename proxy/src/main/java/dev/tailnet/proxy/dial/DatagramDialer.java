package dev.tailnet.proxy.dial;

import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.channel.EventLoop;

/** Makes conduits for datagrams, through the tailnet and directly. */
@FunctionalInterface
public interface DatagramDialer {

    /**
     * Makes a conduit. Never blocks.
     *
     * @param flows how many it may have at a time
     * @param loop where the conduit is used and the receiver is called; to be called on it
     * @throws ConnectFailure {@code NODE_NOT_READY} or {@code RESOURCES}
     */
    DatagramConduit open(int flows, EventLoop loop, DatagramConduit.Receiver receiver) throws ConnectFailure;
}
