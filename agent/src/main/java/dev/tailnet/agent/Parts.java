package dev.tailnet.agent;

import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of an agent as one: all of them open, take over a configuration and end, or none does. */
final class Parts {
    private static final Logger LOGGER = LoggerFactory.getLogger(Parts.class);

    private final List<Part> opened = new ArrayList<>();
    private volatile Configuration configuration;

    Parts(Configuration configuration) {
        this.configuration = configuration;
    }

    /** What the parts go by now. */
    Settings settings() {
        return configuration.settings();
    }

    /** What is in force now, with where it came from. */
    Configuration configuration() {
        return configuration;
    }

    /**
     * Opens these, in this order, after those before.
     *
     * @throws StartFailure with what is open left to {@link #close}
     */
    void open(Part... more) throws StartFailure {
        for (Part part : more) {
            opened.add(part);
            part.open();
        }
    }

    void started() {
        opened.forEach(Part::started);
    }

    /** @throws ReloadFailure with all as it was */
    synchronized void reload(Configuration next) throws ReloadFailure {
        for (int i = 0; i < opened.size(); i++) {
            try {
                opened.get(i).apply(next.settings());
            } catch (ReloadFailure | RuntimeException e) {
                takeBack(i);
                throw e;
            }
        }
        PolicySettings before = settings().policy();
        configuration = configuration.reloadedAs(next);
        before.forget();
    }

    /** Replaces the rules alone: a reload that fails later goes back to these. */
    synchronized void replacePolicy(PolicySettings next, Consumer<PolicySettings> replacing) {
        replacing.accept(next);
        settings().policy().exchange(next.rules());
    }

    private void takeBack(int end) {
        for (Part part : opened.subList(0, end).reversed()) {
            try {
                part.apply(settings());
            } catch (ReloadFailure | RuntimeException e) {
                LOGGER.error("What was reloaded cannot be taken back: restart the agent", e);
            }
        }
    }

    void windDown() {
        opened.forEach(Part::windDown);
    }

    void drained() {
        opened.forEach(Part::drained);
    }

    /** Closes what is open, the last first. */
    void close() {
        opened.reversed().forEach(Part::close);
    }
}
