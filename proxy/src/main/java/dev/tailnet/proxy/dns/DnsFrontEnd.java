package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.resolve.DnsForwarder;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.route.RouteTable;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetAddress;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Serves DNS (RFC 1035) over UDP and TCP (RFC 7766). */
public final class DnsFrontEnd {
    private static final int MOST_BYTES = 65_535;
    private static final int LENGTH_BYTES = 2;
    private static final int IDLE_SECONDS = 10;

    private final Answerer answerer;

    /**
     * @param resolvers are asked for addresses
     * @param forwarder is asked for everything else
     * @param routes say by which way an address is judged
     * @param nodeIsUp tells whether the tailnet's names can be known: before, no name is said not to exist
     */
    public DnsFrontEnd(
            Policy policy, Resolvers resolvers, DnsForwarder forwarder, RouteTable routes, BooleanSupplier nodeIsUp) {
        answerer = new Answerer(policy, resolvers, forwarder, routes, nodeIsUp);
    }

    public void installUdp(ChannelPipeline pipeline) {
        pipeline.addLast(new RequestDecoder(), new UdpHandler(answerer));
    }

    public void installTcp(ChannelPipeline pipeline) {
        pipeline.addLast(
                new ReadTimeoutHandler(IDLE_SECONDS),
                new LengthFieldBasedFrameDecoder(MOST_BYTES + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES),
                new LengthFieldPrepender(LENGTH_BYTES),
                new FrameToPacket(),
                new RequestDecoder(),
                new TcpHandler(answerer));
    }

    /** The other names of a host of this name, if somebody was told not long ago that it has this address; null if nobody was. */
    public @Nullable List<String> hasTold(String name, InetAddress address) {
        return answerer.told().alsoCalled(name, address);
    }

    public DnsCounts counts() {
        return answerer.counts();
    }
}
