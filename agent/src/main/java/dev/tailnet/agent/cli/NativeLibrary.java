package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.Secret;
import dev.tailnet.bridge.LibraryException;
import dev.tailnet.bridge.Libtailscale;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The library on its way into the process, beside the reading of the configuration. */
final class NativeLibrary {
    private final CompletableFuture<List<Secret>> exposed = new CompletableFuture<>();

    private NativeLibrary() {}

    /** For calls that need none. */
    static NativeLibrary none() {
        return new NativeLibrary();
    }

    /** Begins to load it. Who uses the library first gets the error, if there is one. */
    static NativeLibrary load() {
        var library = new NativeLibrary();
        Thread.ofPlatform().daemon().name("libtailscale").start(library::loadThenScrub);
        return library;
    }

    /** Has the secrets removed from where the system shows this process's arguments and environment. */
    void scrub(List<Secret> secrets) {
        exposed.complete(secrets);
    }

    private void loadThenScrub() {
        try {
            Libtailscale.load();
            exposed.join().forEach(secret -> Libtailscale.scrub(secret.reveal()));
        } catch (LibraryException e) {
            // The agent's start runs into the same and reports it.
        }
    }
}
