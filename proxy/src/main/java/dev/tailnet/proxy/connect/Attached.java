package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/**
 * A connection to a target as a channel of Netty's, for a protocol whose messages have to be read here.
 *
 * @param channel its end is the connection's end; it cannot show whether that was a reset
 * @param end how the connection ended: completes after the channel has been closed from either side
 */
public record Attached(Channel channel, Future<TunnelEnd> end) {}
