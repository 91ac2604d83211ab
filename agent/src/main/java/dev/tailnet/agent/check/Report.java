package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.proxy.request.Target;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a check.
 *
 * @param target null when only the node was checked
 * @param steps in the order in which they were taken
 * @param egress whether the target can be reached without the agent
 */
public record Report(@Nullable Target target, List<Step> steps, Egress egress) {
    public Report {
        steps = List.copyOf(steps);
    }

    /** The first failure. */
    public Optional<Finding> finding() {
        return steps.stream().map(Step::finding).filter(Objects::nonNull).findFirst();
    }

    public ExitCode exitCode() {
        return finding().map(Finding::cause).orElse(ExitCode.OK);
    }
}
