package dev.tailnet.proxy.server;

import dev.tailnet.proxy.datagram.ClientSocket;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.forward.ForwardFrontEnd;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/** The sockets of forwards over UDP. Safe for use by any thread. */
final class UdpListeners {
    private final EventLoops loops;
    private final Datagrams datagrams;
    private final BoundChannels open = new BoundChannels();

    UdpListeners(EventLoops loops, Datagrams datagrams) {
        this.loops = loops;
        this.datagrams = datagrams;
    }

    /**
     * Opens one; blocks. Closing it ends its flows.
     *
     * @param address resolved; one that stands for all of this host's answers from whichever the system picks
     * @param target where the next client's flow leads
     * @return bound; its local address has the port it got
     * @throws BindFailure with nothing left open
     */
    Channel open(InetSocketAddress address, Supplier<Target> target) throws BindFailure {
        EventLoop loop = loops.group().next();
        Channel channel = ClientSocket.newChannel(address.getAddress());
        ForwardFrontEnd.installUdp(channel.pipeline(), datagrams, loop, target);
        return open.bind(channel, loop, address);
    }

    /** Closes all, and with them what goes through them. */
    void closeAll() {
        open.forEach(Channel::close);
    }
}
