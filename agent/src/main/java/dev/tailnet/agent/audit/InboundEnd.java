package dev.tailnet.agent.audit;

import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.TunnelEnd;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a connection from the tailnet that was let in has ended.
 *
 * @param id as in its {@link InboundDecision}
 * @param end bytes up are those of the peer
 * @param open how long it was
 */
public record InboundEnd(
        long id, InboundRequest request, @Nullable InetSocketAddress service, TunnelEnd end, Duration open) {}
