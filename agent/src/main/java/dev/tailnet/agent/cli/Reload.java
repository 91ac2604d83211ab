package dev.tailnet.agent.cli;

import dev.tailnet.agent.ReloadFailure;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.Configuration.Effective;
import dev.tailnet.agent.config.ConfigurationException;
import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.config.Setting;
import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.logging.Logging;
import dev.tailnet.proxy.auth.Users;
import dev.tailnet.proxy.policy.rules.RuleSet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again, from the same flags and environment and whatever the files say now, and has the agent take it
 * over. With anything wrong in it the old one stays, as a whole.
 */
final class Reload implements Runnable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Reload.class);

    private final Flags flags;
    private final Map<String, String> environment;
    private final RunningAgent agent;
    private final Map<Setting, List<String>> running = new EnumMap<>(Setting.class);
    private Optional<Users> users;
    private RuleSet rules;

    /** @param running what the agent was started with */
    Reload(Flags flags, Map<String, String> environment, Configuration running, RunningAgent agent) {
        this.flags = flags;
        this.environment = environment;
        this.agent = agent;
        this.users = running.settings().users();
        this.rules = running.settings().policy().rules();
        running.effective().forEach(effective -> this.running.put(effective.setting(), effective.values()));
    }

    @Override
    public void run() {
        agent.reloading(this::reload);
    }

    private synchronized void reload() {
        try {
            Configuration next = Configuration.reload(flags, environment);
            agent.reload(next);
            Settings applied = next.settings();
            Logging.configure(applied.logLevel(), applied.logFormat(), environment);
            next.warnings().forEach(LOGGER::warn);
            report(next);
            users = applied.users();
            rules = applied.policy().rules();
        } catch (ConfigurationException e) {
            LOGGER.error(
                    "Configuration not reloaded, the old one stays in force. Problems: {}",
                    String.join("; ", e.problems()));
        } catch (ReloadFailure e) {
            LOGGER.error("Configuration not reloaded, the old one stays in force: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOGGER.error("The reload failed unexpectedly, please report it", e);
        }
    }

    /**
     * Reads the policy again, and nothing else.
     *
     * @return what came of it
     * @throws IllegalStateException with the reason why the old one stays
     */
    synchronized String policy() {
        long start = System.nanoTime();
        try {
            PolicySettings next =
                    Configuration.reload(flags, environment).settings().policy();
            agent.replacePolicy(next);
            rules = next.rules();
            double seconds = (System.nanoTime() - start) / 1e9;
            return "policy reloaded: " + next.rules().summary() + String.format(Locale.ROOT, ", in %.3f s", seconds);
        } catch (ConfigurationException e) {
            throw new IllegalStateException(
                    "policy not reloaded, the old one stays in force. Problems: " + String.join("; ", e.problems()), e);
        }
    }

    /** Does so when the file has changed. */
    void policyChanged() {
        try {
            LOGGER.info("The policy's file has changed: {}", policy());
        } catch (IllegalStateException e) {
            LOGGER.error("The policy's file has changed: {}", e.getMessage());
        }
    }

    private void report(Configuration next) {
        var applied = new ArrayList<String>();
        var needRestart = new ArrayList<String>();
        for (Effective effective : next.effective()) {
            Setting setting = effective.setting();
            if (!effective.values().equals(running.get(setting))) {
                if (setting.isLive()) {
                    running.put(setting, effective.values());
                    applied.add(setting.key());
                } else {
                    needRestart.add(setting.key());
                }
            }
        }
        if (!applied.contains(Setting.USERS_FILE.key())
                && !next.settings().users().equals(users)) {
            applied.add("the users in " + Setting.USERS_FILE.key());
        }
        if (!applied.contains(Setting.POLICY.key())
                && !next.settings().policy().rules().equals(rules)) {
            applied.add("the rules of " + Setting.POLICY.key());
        }
        LOGGER.info("Configuration reloaded; changed: {}", applied.isEmpty() ? "nothing" : String.join(", ", applied));
        if (!needRestart.isEmpty()) {
            LOGGER.warn("Restart the agent for what else has changed: {}", String.join(", ", needRestart));
        }
    }
}
