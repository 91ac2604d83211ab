package dev.tailnet.agent.status;

import dev.tailnet.proxy.request.LocalRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;

/** Makes tunnels, and streams of DNS messages, out of connections to the control socket. */
@FunctionalInterface
public interface Tunnels {

    /**
     * Puts a handler at the end of the pipeline that answers as to an HTTP CONNECT; it begins at the next {@code
     * channelReadComplete}.
     *
     * @return false when there are as many connections as are allowed; then nothing was done
     */
    boolean open(Channel client, LocalRequest request);

    /**
     * Puts handlers at the end of the pipeline that answer DNS messages as they are framed over TCP (RFC 1035, section 4.2.2).
     *
     * @return false when there are no names to be had; then nothing was done
     */
    default boolean openNames(ChannelPipeline pipeline) {
        return false;
    }
}
