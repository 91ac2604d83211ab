package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.proxy.request.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connection test. */
public final class Check {
    private final Wish wish;
    private final Here here;
    private final AgentSide agent;

    public Check(Wish wish, Here here, AgentSide agent) {
        this.wish = wish;
        this.here = here;
        this.agent = agent;
    }

    /**
     * What is to be checked.
     *
     * @param target null for the node alone
     * @param tls whether the target's certificate is part of it
     * @param timeout for each step
     */
    public record Wish(@Nullable Target target, boolean tls, Duration timeout) {}

    /**
     * Takes the steps, up to the first that fails.
     *
     * @param told each step as soon as it is taken
     */
    public Report run(Consumer<Step> told) {
        var walk = new Walk(told);
        var statements = new Statements(wish.target(), here, walk);
        List<String> proxies = List.of();
        boolean isReachable = false;
        try {
            var absence = agent.absence();
            if (absence.isPresent()) {
                statements.leadsWhereTheSystemSays();
                new Standalone(here, walk, wish.timeout()).take(absence.get());
            }
            NodeView node = walk.timed(
                    "agent",
                    this::node,
                    found -> found.agent() + ", proxies on "
                            + (found.proxies().isEmpty() ? "no port" : String.join(", ", found.proxies())));
            proxies = node.proxies();
            new NodeSteps(agent, walk).take(node);
            if (wish.target() != null) {
                new TargetSteps(agent, node, walk, wish.target(), wish.timeout(), statements).take(certificate());
            }
            isReachable = true;
        } catch (StepFailure e) {
            // The step has been told; what follows would only fail by it.
        }
        Egress egress = statements.make(proxies, isReachable);
        return new Report(wish.target(), walk.steps(), egress);
    }

    private @Nullable CertificateStep certificate() {
        return wish.tls() ? new CertificateStep(TrustedRoots.of(here.environment()), Clock.systemUTC()) : null;
    }

    private NodeView node() throws StepFailure {
        try {
            return agent.node();
        } catch (Unanswered e) {
            throw new StepFailure(Finding.of(ExitCode.NO_AGENT, e.getMessage(), ""));
        }
    }
}
