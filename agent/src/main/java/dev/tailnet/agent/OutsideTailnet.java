package dev.tailnet.agent;

import dev.tailnet.agent.config.Internet;
import dev.tailnet.agent.node.NodeSupervisor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of targets outside the tailnet at the moment: as the settings say, and through the exit node alone while one is
 * wanted, which {@code set --exit-node} may change at any time.
 */
final class OutsideTailnet {
    private static final Logger LOGGER = LoggerFactory.getLogger(OutsideTailnet.class);

    private final Internet asked;
    private final NodeSupervisor node;
    private final dev.tailnet.proxy.policy.Internet throughExitNode;
    private final AtomicBoolean toldOfUseless = new AtomicBoolean();

    OutsideTailnet(Internet asked, NodeSupervisor node) {
        this.asked = asked;
        this.node = node;
        this.throughExitNode = new dev.tailnet.proxy.policy.Internet.ThroughExitNode(this::trouble);
        node.onChange(this::review);
    }

    dev.tailnet.proxy.policy.Internet now() {
        return switch (asked) {
            case DENY -> dev.tailnet.proxy.policy.Internet.DENY;
            case EXIT_NODE -> throughExitNode;
            case DIRECT -> node.isExitNodeWanted() ? throughExitNode : dev.tailnet.proxy.policy.Internet.DIRECT;
        };
    }

    /** Whether they are dialed from this host's own network, or through its upstream proxy. */
    boolean isDirect() {
        return asked == Internet.DIRECT && !node.isExitNodeWanted();
    }

    private String trouble() {
        return node.isExitNodeWanted() ? node.exitNodeTrouble() : "none is chosen: tailnet-agent set --exit-node=NAME";
    }

    private void review() {
        if (asked != Internet.DENY) {
            return;
        }
        boolean useless = node.isExitNodeWanted();
        if (toldOfUseless.getAndSet(useless) != useless && useless) {
            LOGGER.warn("Nothing may use the exit node: the agent was started with --internet=deny");
        }
    }
}
