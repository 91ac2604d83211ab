package dev.tailnet.agent.node;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the exit node that the settings name is in use. */
final class ExitNodeCondition {
    private static final Logger LOGGER = LoggerFactory.getLogger(ExitNodeCondition.class);

    private final Optional<String> wanted;
    private volatile boolean told;
    private volatile String trouble;

    ExitNodeCondition(Optional<String> wanted) {
        this.wanted = wanted;
        this.trouble = wanted.map(name -> "the node is still looking for the exit node " + name)
                .orElse("");
    }

    String trouble() {
        return trouble;
    }

    /** @param problem empty when it is in use */
    void update(String problem) {
        if (problem.isEmpty()) {
            LOGGER.info("Exit node {} is in use", wanted.orElse(""));
        } else {
            LOGGER.warn("No exit node: {}", problem);
        }
        trouble = problem;
        told = true;
    }

    /** A node that is up a moment before it knows its exit node would turn that moment's connections down for nothing. */
    NodeState await(NodeState state) {
        return state.isRunning() && wanted.isPresent() && !told ? NodeState.starting(trouble) : state;
    }
}
