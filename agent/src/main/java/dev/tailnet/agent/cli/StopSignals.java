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
 * Stops the agent on SIGTERM, SIGINT and SIGHUP. With signal handlers rather than a shutdown hook: a hook learns of
 * neither a second signal nor has it a say in the exit code.
 */
final class StopSignals {
    private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

    /** What is left to an agent that was told to end at once. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private @Nullable RunningAgent agent;
    private int received;

    private StopSignals() {}

    static StopSignals install() {
        var signals = new StopSignals();
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
    synchronized void deliverTo(RunningAgent started) {
        agent = started;
        for (int i = 0; i < received; i++) {
            started.stop();
        }
    }

    synchronized boolean areRepeated() {
        return received > 1;
    }

    private synchronized void receive(String name) {
        received++;
        Logger log = LoggerFactory.getLogger(StopSignals.class);
        if (received > 2) {
            halt();
            return;
        }
        if (received == 2) {
            log.warn("SIG{} again: ending now", name);
            Thread.ofPlatform().daemon().name("halt").start(StopSignals::haltAfterGrace);
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
