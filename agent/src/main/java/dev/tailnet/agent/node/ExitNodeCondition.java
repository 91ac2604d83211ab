package dev.tailnet.agent.node;

import dev.tailnet.bridge.NodeEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which exit node is wanted, by the settings or by who has set another since, and whether it is in use. */
final class ExitNodeCondition {
    private static final Logger LOGGER = LoggerFactory.getLogger(ExitNodeCondition.class);

    private volatile boolean told;
    private volatile String wanted;
    private volatile String trouble;

    ExitNodeCondition(Optional<String> asked) {
        wanted = asked.orElse("");
        trouble = asked.map(name -> "the node is still looking for the exit node " + name)
                .orElse("");
    }

    String trouble() {
        return trouble;
    }

    /** The preferences are told a moment before what becomes of them: nothing may slip out in between. */
    boolean isWanted(@Nullable Preferences preferences) {
        return !wanted.isEmpty()
                || (preferences != null && !preferences.exitNode().isEmpty());
    }

    void update(NodeEvent.ExitNode event) {
        if (event.wanted().isEmpty()) {
            LOGGER.info("Exit node {} is not to be used any more", wanted);
        } else if (event.problem().isEmpty()) {
            LOGGER.info("Exit node {} is in use", event.wanted());
        } else {
            LOGGER.warn("No exit node: {}", event.problem());
        }
        wanted = event.wanted();
        trouble = event.problem();
        told = true;
    }

    /** A node that comes up a moment before it knows its exit node would turn that moment's connections down for nothing. */
    NodeState await(NodeState next, NodeState before, @Nullable Preferences preferences) {
        return next.isRunning() && !before.isRunning() && isWanted(preferences) && !told
                ? NodeState.starting("the node is still looking for its exit node")
                : next;
    }
}
