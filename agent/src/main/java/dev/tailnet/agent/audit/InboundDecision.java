package dev.tailnet.agent.audit;

import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.InboundRequest;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What became of a connection from the tailnet.
 *
 * @param id of a series of its own
 * @param service where it leads; null when it did not come to a dial
 * @param ruling what the policy said
 * @param failure null when the connection was let in
 */
public record InboundDecision(
        long id,
        InboundRequest request,
        @Nullable InetSocketAddress service,
        Ruling ruling,
        @Nullable ConnectFailure failure) {}
