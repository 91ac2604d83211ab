package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.resolve.DnsForwarder;
import dev.tailnet.proxy.resolve.Resolver;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetAddress;
import java.util.function.BooleanSupplier;

/** Serves DNS (RFC 1035) over UDP and TCP (RFC 7766). */
public final class DnsFrontEnd {
    private static final int MOST_BYTES = 65_535;
    private static final int LENGTH_BYTES = 2;
    private static final int IDLE_SECONDS = 10;

    private final Answerer answerer;

    /**
     * @param resolver is asked for addresses
     * @param forwarder is asked for everything else
     * @param nodeIsUp tells whether the tailnet's names can be known: before, no name is said not to exist
     */
    public DnsFrontEnd(Policy policy, Resolver resolver, DnsForwarder forwarder, BooleanSupplier nodeIsUp) {
        answerer = new Answerer(policy, resolver, forwarder, nodeIsUp);
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

    /** Whether somebody was told not long ago that a host of this name has this address. */
    public boolean hasTold(String name, InetAddress address) {
        return answerer.told().wasTold(name, address);
    }

    public DnsCounts counts() {
        return answerer.counts();
    }
}
