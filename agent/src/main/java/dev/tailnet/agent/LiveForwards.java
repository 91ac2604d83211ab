package dev.tailnet.agent;

import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.server.BindFailure;
import dev.tailnet.proxy.server.Forwards;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running agent's static forwards: opened, listed in its status, told in its log. */
final class LiveForwards {
    private static final Logger LOGGER = LoggerFactory.getLogger(LiveForwards.class);

    private final Forwards forwards;
    private final OpenListeners listeners;

    LiveForwards(Forwards forwards, OpenListeners listeners) {
        this.forwards = forwards;
        this.listeners = listeners;
    }

    /**
     * Makes these the forwards, as {@link Forwards#apply} does.
     *
     * @throws BindFailure with all as it was
     */
    void apply(List<ForwardSpec> wanted) throws BindFailure {
        List<ForwardSpec> before = forwards.open();
        try {
            forwards.apply(wanted);
        } finally {
            listeners.forwards(forwards.open());
        }
        List<ForwardSpec> now = forwards.open();
        now.stream()
                .filter(forward -> !before.contains(forward))
                .forEach(forward -> LOGGER.info("Forwarding {}", forward));
        before.stream()
                .filter(forward -> !now.contains(forward))
                .forEach(forward -> LOGGER.info("No longer forwarding {}", forward));
    }
}
