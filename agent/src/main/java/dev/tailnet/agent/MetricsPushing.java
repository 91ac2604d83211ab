package dev.tailnet.agent;

import dev.tailnet.agent.metrics.MetricsPush;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pushes metrics where the settings say, and has the collector hear of the end. */
final class MetricsPushing implements Part {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Logger LOGGER = LoggerFactory.getLogger(MetricsPushing.class);

    private final Core core;
    private final Optional<MetricsPush> push;

    /** @param push empty when the settings name no collector */
    MetricsPushing(Core core, Optional<MetricsPush> push) {
        this.core = core;
        this.push = push;
    }

    @Override
    public void started() {
        push.ifPresent(MetricsPush::prepareSoon);
    }

    /** What goes through this agent itself has to go now. */
    @Override
    public void windDown() {
        push.filter(own -> own.goesThrough(core.listeners().addresses())).ifPresent(MetricsPushing::finish);
    }

    @Override
    public void drained() {
        push.ifPresent(MetricsPushing::finish);
    }

    private static void finish(MetricsPush push) {
        try {
            push.close().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOGGER.warn("The last metrics were not pushed within {} s", PATIENCE.toSeconds());
        } catch (ExecutionException e) {
            LOGGER.warn("The last metrics were not pushed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
