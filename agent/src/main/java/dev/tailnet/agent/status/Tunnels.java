package dev.tailnet.agent.status;

import dev.tailnet.proxy.request.Target;
import io.netty.channel.Channel;

/** Makes tunnels out of connections to the control socket. */
@FunctionalInterface
public interface Tunnels {

    /**
     * Puts a handler at the end of the pipeline that answers as to an HTTP CONNECT; it begins at the next {@code
     * channelReadComplete}.
     *
     * @return false when there are as many connections as are allowed; then nothing was done
     */
    boolean open(Channel client, Target target);
}
