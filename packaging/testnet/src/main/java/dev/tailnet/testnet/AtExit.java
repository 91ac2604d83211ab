package dev.tailnet.testnet;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What is to be undone when the JVM ends before its owner did so: the last begun first, so that a node can still log out at its
 * control server.
 */
final class AtExit {
    private static final Deque<Runnable> ACTIONS = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(AtExit::runAll, "testnet-cleanup"));
    }

    private AtExit() {}

    /** Remembers an action, which may be run although its owner has done the same. */
    static void add(Runnable action) {
        synchronized (ACTIONS) {
            ACTIONS.push(action);
        }
    }

    /** Forgets an action: its owner has done the same. */
    static void remove(Runnable action) {
        synchronized (ACTIONS) {
            ACTIONS.removeFirstOccurrence(action);
        }
    }

    private static void runAll() {
        for (var action = next(); action != null; action = next()) {
            try {
                action.run();
            } catch (RuntimeException e) {
                System.err.println("test network: " + e.getMessage());
            }
        }
    }

    private static @Nullable Runnable next() {
        synchronized (ACTIONS) {
            return ACTIONS.poll();
        }
    }
}
