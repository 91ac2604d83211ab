package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the audit is to hear of one request: collected on the way, told at the decision and at the close. A sink that fails harms nobody. */
public final class Trail {
    private static final Logger LOGGER = LoggerFactory.getLogger(Trail.class);

    private final AuditSink sink;
    private final ConnectRequest request;

    private List<InetAddress> addresses = List.of();
    private @Nullable String answeredBy;
    private @Nullable Candidate dialed;
    private @Nullable String rule;
    private long stepStart;
    private long waitedNanos;
    private long lookupNanos;
    private long dialNanos;
    private long opened;

    Trail(AuditSink sink, ConnectRequest request) {
        this.sink = sink;
        this.request = request;
    }

    /** The trail of a request that a connection serves which is open already. */
    static Trail reusing(AuditSink sink, ConnectRequest request, Candidate way) {
        var trail = new Trail(sink, request);
        InetAddress address = way.address();
        trail.addresses = address == null ? List.of() : List.of(address);
        trail.dialed = way;
        return trail;
    }

    /** Where the connection leads. */
    public Candidate way() {
        return Objects.requireNonNull(dialed, "a connection leads somewhere");
    }

    /** The step whose time counts begins. */
    void startStep() {
        stepStart = System.nanoTime();
    }

    void waited() {
        waitedNanos = System.nanoTime() - stepStart;
    }

    void lookedUp() {
        lookupNanos = System.nanoTime() - stepStart;
    }

    void addresses(List<InetAddress> found, @Nullable String by) {
        addresses = found;
        answeredBy = by;
    }

    List<InetAddress> addresses() {
        return addresses;
    }

    void refusedBy(@Nullable String policyRule) {
        rule = policyRule;
    }

    void dialing(Candidate candidate) {
        dialed = candidate;
    }

    void dialEnded() {
        dialNanos = System.nanoTime() - stepStart;
    }

    /** The decision: the client has what it asked for. {@link #closed} follows. */
    public void established() {
        decided(null);
    }

    /** The decision: nothing came of the request. */
    public void failed(ConnectFailure failure) {
        decided(failure);
    }

    private void decided(@Nullable ConnectFailure failure) {
        opened = System.nanoTime();
        try {
            sink.decided(new Decision(
                    request,
                    addresses,
                    answeredBy,
                    dialed == null ? null : dialed.address(),
                    dialed == null ? null : dialed.route(),
                    rule,
                    failure,
                    Duration.ofNanos(waitedNanos),
                    Duration.ofNanos(lookupNanos),
                    Duration.ofNanos(dialNanos)));
        } catch (RuntimeException e) {
            LOGGER.error("The audit of request {} failed", request.id(), e);
        }
    }

    /** A tunnel ended. */
    void closed(Future<TunnelEnd> ended) {
        if (ended.isSuccess()) {
            closed(ended.getNow());
        } else {
            TunnelEnd.Cause cause = ended.isCancelled() ? TunnelEnd.Cause.CANCELLED : TunnelEnd.Cause.ERROR;
            closed(new TunnelEnd(cause, 0, 0, String.valueOf(ended.cause().getMessage())));
        }
    }

    /** What was established has ended. */
    public void closed(TunnelEnd end) {
        Candidate to = way();
        var open = Duration.ofNanos(System.nanoTime() - opened);
        try {
            sink.closed(new Closed(request, to.address(), to.route(), end, open));
        } catch (RuntimeException e) {
            LOGGER.error("The audit of request {} failed", request.id(), e);
        }
    }
}
