package dev.tailnet.agent.check;

import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** The running agent, as it can be asked. */
public interface AgentSide {

    /** Whether one runs; if not, why, and how to start one. */
    Optional<String> absence();

    /** @throws Unanswered when it does not answer */
    NodeView node() throws Unanswered;

    /**
     * What the tailnet looks like to the node.
     *
     * @return empty when the node cannot be asked
     */
    Optional<TailnetView> tailnet();

    /** @throws Unanswered when it does not answer */
    NameAnswer resolve(String host) throws Unanswered;

    /**
     * Opens a connection as a client of the proxies does.
     *
     * @throws Unanswered when it does not answer
     */
    TunnelAnswer connect(Target target, Duration timeout) throws Unanswered;

    /**
     * Pings the node that owns an address, or that routes to it, past all ACLs.
     *
     * @return empty when the node cannot be asked
     */
    Optional<PingAnswer> ping(InetAddress address, Duration timeout);
}
