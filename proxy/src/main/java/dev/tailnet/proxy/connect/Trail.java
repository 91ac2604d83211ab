package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.resolve.Resolution;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the audit is to hear of one request: collected on the way, told at the decision and at the close. A sink that fails harms nobody. */
public final class Trail {
    private static final Logger LOGGER = LoggerFactory.getLogger(Trail.class);

    private final Connector connector;
    private final ConnectRequest request;
    private final Policy policy;

    private List<InetAddress> addresses = List.of();
    private List<String> alsoCalled = List.of();
    private @Nullable String answeredBy;
    private @Nullable Candidate dialed;
    private Candidates.@Nullable Refused refused;
    private Ruling ruling;
    private volatile @Nullable Consumer<ConnectFailure> ending;
    private volatile @Nullable ConnectFailure endedFor;
    private long stepStart;
    private long waitedNanos;
    private long lookupNanos;
    private long dialNanos;
    private long opened;

    /** @param policy that is asked about the request */
    Trail(Connector connector, ConnectRequest request, Policy policy) {
        this.connector = connector;
        this.request = request;
        this.policy = policy;
        this.ruling = new Ruling(policy.mode(), null, null);
    }

    /** The trail of a request that a connection serves which is open already. */
    static Trail reusing(Connector connector, ConnectRequest request, Policy policy, Candidate way) {
        var trail = new Trail(connector, request, policy);
        InetAddress address = way.address();
        trail.addresses = address == null ? List.of() : List.of(address);
        trail.dialing(way);
        return trail;
    }

    ConnectRequest request() {
        return request;
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

    /** The address is known without a lookup. */
    void address(InetAddress known, List<String> names) {
        addresses = List.of(known);
        alsoCalled = names;
    }

    void found(Resolution resolution) {
        addresses = resolution.addresses();
        alsoCalled = resolution.alsoCalled();
        answeredBy = resolution.answeredBy();
    }

    List<String> alsoCalled() {
        return alsoCalled;
    }

    List<InetAddress> addresses() {
        return addresses;
    }

    void refusedBy(@Nullable String rule) {
        ruling = new Ruling(policy.mode(), rule, null);
    }

    /** @param at null when it is not about one of the target's addresses */
    void refusedBy(@Nullable String rule, Candidates.@Nullable Refused at) {
        refusedBy(rule);
        refused = at;
    }

    void allowedBy(Verdict.Allowed verdict) {
        Verdict.Refused wouldDeny = verdict.wouldDeny();
        ruling = wouldDeny == null
                ? new Ruling(policy.mode(), verdict.rule(), null)
                : new Ruling(policy.mode(), wouldDeny.rule(), wouldDeny.message());
    }

    void dialing(Candidate candidate) {
        dialed = candidate;
        allowedBy(candidate.verdict());
    }

    void dialEnded() {
        dialNanos = System.nanoTime() - stepStart;
    }

    /**
     * Says how to end what is about to be established, should another policy deny it.
     *
     * @param action may be called by any thread, with what the audit will hear
     */
    public void endBy(Consumer<ConnectFailure> action) {
        ending = action;
        ConnectFailure why = endedFor;
        if (why != null) {
            action.accept(why);
        }
    }

    /** The decision: the client has what it asked for. {@link #closed} follows. */
    public void established() {
        decided(null);
        connector.established.add(this);
        Policy current = connector.policy.current();
        if (current != policy && current.endsWhatItDenies()) {
            endIfDenied(current);
        }
    }

    /** Ends what was established unless this policy allows it. From any thread. */
    boolean endIfDenied(Policy current) {
        Consumer<ConnectFailure> action = ending;
        if (action == null
                || endedFor != null
                || !(way().judgedBy(current, request) instanceof Verdict.Refused refused)) {
            return false;
        }
        var why = new ConnectFailure(FailureReason.NOT_ALLOWED, "the policy has changed: " + refused.message());
        endedFor = why;
        action.accept(why);
        return true;
    }

    /** What the policy says of a name that the client has shown in its tunnel. */
    Verdict judgeShown(@Nullable String name) {
        Candidate to = way();
        return policy.onShownName(
                request, Objects.requireNonNull(to.address(), "only an address needs a name"), to.route(), name);
    }

    /** The decision: nothing came of the request. */
    public void failed(ConnectFailure failure) {
        decided(failure);
    }

    private void decided(@Nullable ConnectFailure failure) {
        opened = System.nanoTime();
        try {
            connector.audit.decided(new Decision(
                    request,
                    addresses,
                    answeredBy,
                    address(),
                    route(),
                    ruling,
                    failure,
                    Duration.ofNanos(waitedNanos),
                    Duration.ofNanos(lookupNanos),
                    Duration.ofNanos(dialNanos)));
        } catch (RuntimeException e) {
            LOGGER.error("The audit of request {} failed", request.id(), e);
        }
    }

    /** The address that was dialed last, or else the one that was not to be. */
    private @Nullable InetAddress address() {
        Candidate last = dialed;
        Candidates.Refused no = refused;
        return last != null ? last.address() : no == null ? null : no.address();
    }

    private @Nullable Route route() {
        Candidate last = dialed;
        Candidates.Refused no = refused;
        return last != null ? last.route() : no == null ? null : no.route();
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
        connector.established.remove(this);
        Candidate to = way();
        ConnectFailure why = endedFor;
        var told = why == null ? end : new TunnelEnd(end.cause(), end.bytesUp(), end.bytesDown(), why.getMessage());
        var open = Duration.ofNanos(System.nanoTime() - opened);
        try {
            connector.audit.closed(new Closed(request, to.address(), to.route(), told, open));
        } catch (RuntimeException e) {
            LOGGER.error("The audit of request {} failed", request.id(), e);
        }
    }
}
