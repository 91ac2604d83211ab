package dev.tailnet.agent;

import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.policy.Policy;

/** The policy that the settings make. */
final class Rules {
    private Rules() {}

    static Policy of(Settings settings, NodeSupervisor node, OwnListeners own) {
        return new BasePolicy(internet(settings, node), own);
    }

    private static Internet internet(Settings settings, NodeSupervisor node) {
        return switch (settings.internet()) {
            case DIRECT -> Internet.DIRECT;
            case DENY -> Internet.DENY;
            case EXIT_NODE -> new Internet.ThroughExitNode(node::exitNodeTrouble);
        };
    }
}
