package dev.tailnet.agent.check;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** What the agent answers to the wish for a connection. */
public sealed interface TunnelAnswer {

    /**
     * Here it is.
     *
     * @param channel in blocking mode; the receiver closes it
     * @param early the target's first bytes, which came with the answer
     */
    record Open(SocketChannel channel, ByteBuffer early) implements TunnelAnswer {}

    /**
     * There is none.
     *
     * @param status of HTTP
     * @param error a proxy error type of RFC 9209; empty when there was none
     * @param words the agent's sentence
     */
    record Refused(int status, String error, String words) implements TunnelAnswer {}

    /** The time was up before the agent's own. */
    record Late(Duration after) implements TunnelAnswer {}
}
