package dev.tailnet.proxy.datagram;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.dial.DatagramDialer;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/** The way in for front ends that carry datagrams. Safe for use by any event loop. */
public final class Datagrams {
    private final Connector connector;
    private final DatagramDialer dialer;
    private final DatagramCounters counters;

    public Datagrams(Connector connector, DatagramDialer dialer, DatagramCounters counters) {
        this.connector = connector;
        this.dialer = dialer;
        this.counters = counters;
    }

    /** The front end's part of a session. */
    public interface Client<K> {

        /** The request to be judged before anything is sent for this key. */
        ConnectRequest request(Connector connector, K key, Target target);

        /** What is sent for this key gets through from here on. */
        default void opened(K key) {}

        /** What was sent for this key, and what will be for a while, does not get through. */
        default void refused(K key, ConnectFailure why) {}

        /**
         * A datagram for the client.
         *
         * @param from the address that it truly came from
         * @param datagram the caller's; to be retained if it is to outlive the call
         */
        void received(K key, InetSocketAddress from, ByteBuf datagram);

        /** No more datagrams will be received for now: what was put off may be done. */
        void receivedAll();
    }

    /**
     * Begins a session.
     *
     * @param loop where the session is used and the client is called
     * @param <K> what has a flow of its own: equal keys share one
     */
    public <K> DatagramSession<K> session(EventLoop loop, DatagramLimits limits, Client<K> client) {
        return new DatagramSession<>(connector, dialer, counters, loop, limits, client);
    }

    public DatagramCounters counters() {
        return counters;
    }
}
