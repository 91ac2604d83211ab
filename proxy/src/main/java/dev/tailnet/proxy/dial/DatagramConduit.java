package dev.tailnet.proxy.dial;

import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** Carries datagrams to many targets, each of which has a flow of its own. For one event loop, as is its receiver. */
public interface DatagramConduit {

    /**
     * Opens a flow to exactly this address, which also is the only one it receives from.
     *
     * @param id the request's id, not in use by another flow
     * @return completes when datagrams may be sent, or with a {@link dev.tailnet.proxy.request.ConnectFailure}
     */
    Future<Void> open(long id, InetSocketAddress target, Route route);

    /**
     * Sends a datagram, at the latest with the next {@link #flush}.
     *
     * @param datagram read during this call only
     * @return false when it was dropped because too much is waiting already
     */
    boolean send(long id, ByteBuf datagram);

    void flush();

    /** Ends a flow, of which nothing is heard any more. */
    void closeFlow(long id);

    /** Ends all flows; nothing is heard any more. */
    void close();

    /** What becomes of the flows. */
    interface Receiver {

        /**
         * A datagram has come from the flow's target.
         *
         * @param datagram the caller's; to be retained if it is to outlive the call
         */
        void received(long id, ByteBuf datagram);

        /** No more datagrams will be received for now: what was put off may be done. */
        void receivedAll();

        /**
         * A flow has ended by itself.
         *
         * @param detail the reason in words
         */
        void flowEnded(long id, TunnelEnd.Cause cause, String detail);

        /** The conduit has ended by itself, and with it all its flows. */
        void conduitEnded();
    }
}
