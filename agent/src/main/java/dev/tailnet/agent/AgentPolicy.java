package dev.tailnet.agent;

import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.status.PolicyView;
import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.LivePolicy;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.RulePolicy;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.RuleReview;
import dev.tailnet.proxy.policy.rules.RuleSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The policy in force, and how another one takes its place. */
final class AgentPolicy implements PolicyView {
    private static final Logger LOGGER = LoggerFactory.getLogger(AgentPolicy.class);
    private static final int SHOWN_REMARKS = 10;

    private final BasePolicy base;
    private final LivePolicy live;
    private volatile RulePolicy current;
    private volatile Supplier<String> reload = () -> {
        throw new IllegalStateException("the agent is still starting");
    };

    AgentPolicy(PolicySettings settings, Supplier<Internet> internet, OwnListeners own) {
        this.base = new BasePolicy(internet, own);
        long start = System.nanoTime();
        this.current = new RulePolicy(base, settings.rules());
        this.live = new LivePolicy(current);
        if (!saysNothing(settings.rules())) {
            LOGGER.info("{}", inForce(settings, start));
        }
    }

    @Override
    public Policy policy() {
        return live;
    }

    @Override
    public RuleSet rules() {
        return current.set();
    }

    void onReload(Supplier<String> action) {
        reload = action;
    }

    @Override
    public String reload() {
        return reload.get();
    }

    /**
     * Puts rules in force, for what begins from here on; what they deny of what is open ends if they say so.
     *
     * @param inForce told of a policy that has taken effect, and whether what it denies is to end; returns how much has ended
     * @return how much was ended
     */
    synchronized int replace(PolicySettings next, BooleanToIntFunction inForce) {
        if (next.rules().equals(current.set())) {
            next.exchange(current.set());
            return 0;
        }
        long start = System.nanoTime();
        current = new RulePolicy(base, next.rules());
        live.replace(current);
        String news = inForce(next, start);
        int ended = inForce.apply(next.rules().endDenied());
        LOGGER.info(
                "{}{}", news, ended == 0 ? "" : "; open connections that it denies, and which have ended: " + ended);
        review();
        return ended;
    }

    /** Does something, and counts. */
    @FunctionalInterface
    interface BooleanToIntFunction {
        int apply(boolean flag);
    }

    /** Tells of what is probably not meant about the rules in force. They hold by then: of very many this takes a while. */
    void review() {
        List<RuleReview.Remark> remarks = current.review();
        remarks.stream().limit(SHOWN_REMARKS).forEach(remark -> LOGGER.warn("Policy: {}", remark));
        if (remarks.size() > SHOWN_REMARKS) {
            LOGGER.warn(
                    "Policy: {} more remarks: tailnet-agent policy check lists them", remarks.size() - SHOWN_REMARKS);
        }
    }

    private static boolean saysNothing(RuleSet rules) {
        return rules.mode() == Mode.OPEN && rules.rules().isEmpty();
    }

    /** @param compiling when that began, by {@link System#nanoTime()} */
    private static String inForce(PolicySettings settings, long compiling) {
        if (saysNothing(settings.rules())) {
            return "No policy is in force any more";
        }
        double seconds = (settings.reading().toNanos() + System.nanoTime() - compiling) / 1e9;
        return String.format(
                Locale.ROOT,
                "The policy is in force: %s, read in %.3f s",
                settings.rules().summary(),
                seconds);
    }
}
