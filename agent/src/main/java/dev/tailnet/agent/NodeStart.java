package dev.tailnet.agent;

import dev.tailnet.agent.config.UpstreamSettings;
import dev.tailnet.agent.node.Surroundings;
import dev.tailnet.bridge.TailnetNode;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The node's start, beside the opening of the listeners: most of its time goes into loading the library. */
final class NodeStart {
    private final Core core;
    private final CompletableFuture<Surroundings> surroundings = new CompletableFuture<>();
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    private NodeStart(Core core) {
        this.core = core;
    }

    static NodeStart begin(Core core) {
        var start = new NodeStart(core);
        Thread.ofPlatform().daemon().name("node-start").start(start::run);
        return start;
    }

    private void run() {
        try {
            core.node().start(core.loops().group().next(), surroundings, core.exposures()::refresh);
            started.complete(null);
        } catch (StartFailure | RuntimeException | LinkageError e) {
            started.completeExceptionally(e);
        }
    }

    /** The proxies are bound, which the node has to know of. */
    void listening() {
        var upstream = core.settings().upstream().filter(UpstreamSettings::control);
        surroundings.complete(new Surroundings(
                core.listeners().addresses(),
                core.listeners().dns(),
                upstream.map(UpstreamSettings::proxy).orElse(null),
                upstream.map(UpstreamSettings::noProxy).orElse(List.of()),
                core.settings().localApi().operator().orElse(null)));
    }

    /** The node, once it has started. */
    CompletionStage<TailnetNode> node() {
        return started.thenApply(done -> Objects.requireNonNull(core.node().node()));
    }

    /** Returns when the node has started, which does not mean that it is up. */
    void await() throws StartFailure {
        try {
            started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StartFailure failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Gives up; returns when the thread that starts the node has ended, as what it makes has to be closed. */
    void abandon(Exception reason) {
        surroundings.completeExceptionally(reason);
        started.handle((done, failure) -> null).join();
    }
}
