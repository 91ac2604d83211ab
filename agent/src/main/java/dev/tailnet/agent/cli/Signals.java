package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Stops the agent on SIGTERM and SIGINT, and on SIGHUP when its terminal is gone; any other SIGHUP has it read its
 * configuration again. With signal handlers rather than a shutdown hook: a hook learns of neither a second signal nor has it a
 * say in the exit code.
 */
final class Signals {
    private static final String HANG_UP = "HUP";
    private static final List<String> NAMES = List.of("TERM", "INT", HANG_UP);

    /** What is left to an agent that was told to end at once. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final boolean hasTerminal = ControllingTerminal.isThere();
    private @Nullable RunningAgent agent;
    private @Nullable Runnable reload;
    private int stops;
    private boolean reloads;

    private Signals() {}

    static Signals install() {
        var signals = new Signals();
        for (var name : NAMES) {
            var before = Signal.handle(new Signal(name), signal -> signals.receive(signal.getName()));
            if (before == SignalHandler.SIG_IGN) {
                // Started by nohup, or in the background of a shell: it stays ignored.
                Signal.handle(new Signal(name), SignalHandler.SIG_IGN);
            }
        }
        return signals;
    }

    /** From now on signals reach the agent; so do those received during its start. */
    synchronized void deliverTo(RunningAgent started, Runnable reloadOfIt) {
        agent = started;
        reload = reloadOfIt;
        for (int i = 0; i < stops; i++) {
            started.stop();
        }
        if (reloads && stops == 0) {
            reloadOfIt.run();
        }
    }

    synchronized boolean areRepeated() {
        return stops > 1;
    }

    private void receive(String name) {
        if (!name.equals(HANG_UP) || (hasTerminal && !ControllingTerminal.isThere())) {
            stop(name);
            return;
        }
        Runnable toRun = toReload();
        if (toRun != null) {
            toRun.run();
        }
    }

    private synchronized @Nullable Runnable toReload() {
        reloads = true;
        return stops == 0 ? reload : null;
    }

    private synchronized void stop(String name) {
        stops++;
        Logger log = LoggerFactory.getLogger(Signals.class);
        if (stops > 2) {
            halt();
            return;
        }
        if (stops == 2) {
            log.warn("SIG{} again: ending now", name);
            Thread.ofPlatform().daemon().name("halt").start(Signals::haltAfterGrace);
        } else {
            log.info("SIG{}: stopping; a second signal ends it at once", name);
        }
        if (agent != null) {
            agent.stop();
        }
    }

    private static void haltAfterGrace() {
        try {
            Thread.sleep(GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        halt();
    }

    private static void halt() {
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
    }
}
