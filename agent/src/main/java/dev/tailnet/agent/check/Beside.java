package dev.tailnet.agent.check;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What goes on beside the steps, each on a thread of its own: the common pool may have but one. */
final class Beside {
    private Beside() {}

    static <T> CompletableFuture<T> start(Supplier<T> work) {
        return CompletableFuture.supplyAsync(
                work, command -> Thread.ofPlatform().daemon().start(command));
    }
}
