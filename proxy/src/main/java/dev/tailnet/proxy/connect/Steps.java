package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.resolve.Resolver;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.route.RouteTable;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on its way: takes the steps in order, all on one event loop, up to the addresses that may be used; what is done with
 * those is the last step. Completes with what came of it or with a {@link ConnectFailure}, which the audit has heard of by then.
 *
 * @param <C> what the last step opens
 */
abstract sealed class Steps<C> extends DefaultPromise<C> permits Opening, FlowOpening {
    private static final Logger LOGGER = LoggerFactory.getLogger(Steps.class);

    final Connector connector;
    final ConnectRequest request;
    final EventExecutor executor;
    final Trail trail;
    /** The one that was in force when the request began: one policy answers all questions about it. */
    final Policy policy;
    /** What is said of the target's name, unless another name of the same host is allowed; null where the name itself is. */
    private Verdict.@Nullable Refused refusedAsAsked;
    /** The step that is under way. */
    @Nullable
    Future<?> pending;

    Steps(Connector connector, ConnectRequest request, EventExecutor executor) {
        super(executor);
        this.connector = connector;
        this.request = request;
        this.executor = executor;
        this.policy = connector.policy.current();
        this.trail = new Trail(connector, request, policy);
    }

    /** Opens one of these, in this order of preference; ends with success or {@link #fail}. */
    abstract void reach(List<Candidate> candidates);

    public ConnectRequest request() {
        return request;
    }

    /** Takes the first step, and all that need no wait. */
    void begin() {
        try {
            judgeTarget();
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    /** The client went away: ends the step under way. To be called on the event loop. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return abandon(new ConnectFailure(FailureReason.CANCELLED, "the client went away"));
    }

    /**
     * Cancels this for a reason of the caller's. To be called on the event loop.
     *
     * @param why what the audit is told
     */
    public boolean abandon(ConnectFailure why) {
        if (!super.cancel(false)) {
            return false;
        }
        cancelStep();
        trail.failed(why);
        return true;
    }

    private void judgeTarget() {
        switch (policy.onTarget(request)) {
            case Verdict.Allowed allowed -> {
                trail.allowedBy(allowed);
                awaitNode();
            }
            case Verdict.Refused refused -> {
                if (policy.mayAllowByAnotherName(request)) {
                    refusedAsAsked = refused;
                    awaitNode();
                } else {
                    refuse(refused);
                }
            }
        }
    }

    private void refuse(Verdict.Refused refused) {
        trail.refusedBy(refused.rule());
        fail(new ConnectFailure(FailureReason.NOT_ALLOWED, refused.message()));
    }

    private void awaitNode() {
        if (connector.readiness.isReady()) {
            resolve();
            return;
        }
        trail.startStep();
        Duration patience = connector.timeouts.readiness();
        var readiness = Watchdog.over(
                connector.readiness.await(patience, executor),
                patience,
                executor,
                () -> new ConnectFailure(FailureReason.NODE_NOT_READY, "the node is not up, and does not say why"),
                nothing -> {});
        await(readiness, ready -> {
            trail.waited();
            if (ready.isSuccess()) {
                resolve();
            } else {
                fail(failure(ready.cause()));
            }
        });
    }

    private void resolve() {
        InetAddress at = request.at();
        if (at != null) {
            trail.address(at, request.alsoCalled());
            judgeAddresses();
            return;
        }
        switch (request.target().host()) {
            case Host.Address(InetAddress address) -> {
                trail.address(address, List.of());
                judgeAddresses();
            }
            case Host.Name(String name) -> {
                Verdict.Refused refused = refusedAsAsked;
                Resolvers resolvers = connector.resolvers;
                if (refused != null) {
                    // Nobody outside the tailnet hears of a name that is refused.
                    lookUp(name, resolvers.tailnet(), () -> refuse(refused));
                } else if (connector.ways.proxiedFor(request.target()) != null) {
                    lookUp(name, resolvers.tailnet(), () -> reachOneOf(Candidates.ofName(request, policy)));
                } else {
                    lookUp(name, resolvers.everywhere(), null);
                }
            }
        }
    }

    /** @param elsewhere what to do with a name that is not the tailnet's, where only the tailnet is asked */
    private void lookUp(String name, Resolver resolver, @Nullable Runnable elsewhere) {
        trail.startStep();
        Duration patience = connector.timeouts.lookup();
        var lookup = Watchdog.over(
                resolver.resolve(name, patience, executor),
                patience,
                executor,
                () -> new ConnectFailure(FailureReason.RESOLUTION_TIMEOUT, "the lookup of " + name + " did not end"),
                nothing -> {});
        await(lookup, answer -> {
            trail.lookedUp();
            if (answer.isSuccess()) {
                trail.found(answer.getNow());
                judgeAddresses();
                return;
            }
            ConnectFailure failure = failure(answer.cause());
            if (elsewhere != null && failure.reason() == FailureReason.NOT_ON_TAILNET) {
                elsewhere.run();
            } else {
                fail(failure);
            }
        });
    }

    private void judgeAddresses() {
        Verdict.Refused refused = refusedAsAsked;
        if (refused != null && trail.alsoCalled().isEmpty()) {
            refuse(refused);
            return;
        }
        RouteTable routes = connector.ways.routesTo(request.target(), connector.routes);
        reachOneOf(Candidates.of(request, trail.addresses(), trail.alsoCalled(), routes, policy));
    }

    private void reachOneOf(Candidates judged) {
        if (judged.failure() == null) {
            reach(judged.inOrder());
        } else {
            trail.refusedBy(judged.rule(), judged.refused());
            fail(judged.failure());
        }
    }

    /** Goes on with a step's outcome, unless this has been cancelled meanwhile. */
    private <T> void await(Future<T> step, Step<T> continuation) {
        pending = step;
        step.addListener((Future<T> done) -> {
            pending = null;
            if (!isDone()) {
                try {
                    continuation.take(done);
                } catch (RuntimeException e) {
                    broken(e);
                }
            }
        });
    }

    /** What to do with a step's outcome. */
    @FunctionalInterface
    private interface Step<T> {
        void take(Future<T> done);
    }

    final void fail(ConnectFailure failure) {
        if (!isDone()) {
            trail.failed(failure);
            tryFailure(failure);
        }
    }

    final void broken(RuntimeException cause) {
        LOGGER.error("Request {} to {} failed by a fault of the agent", request.id(), request.target(), cause);
        fail(failure(cause));
        cancelStep();
    }

    private void cancelStep() {
        Future<?> step = pending;
        if (step != null) {
            step.cancel(true);
        }
    }

    static ConnectFailure failure(Throwable cause) {
        return cause instanceof ConnectFailure failure ? failure : ConnectFailure.internal(cause);
    }
}
