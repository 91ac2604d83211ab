package dev.tailnet.agent.observe;

import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import java.time.Clock;
import java.util.List;

/** The last requests that the policy refused, those that failed otherwise, and which hosts were refused most often. */
public final class RefusedRequests implements AuditSink {
    private static final int KEPT = 200;
    private static final int HOSTS = 256;

    private final Ring<Refused> blocked = new Ring<>(KEPT);
    private final Ring<Refused> failed = new Ring<>(KEPT);
    private final BlockedHosts hosts = new BlockedHosts(HOSTS);
    private final Clock clock;

    public RefusedRequests(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void decided(Decision decision) {
        ConnectFailure failure = decision.failure();
        boolean isBlocked =
                failure == null ? decision.ruling().wouldDeny() != null : failure.reason() == FailureReason.NOT_ALLOWED;
        if (isBlocked) {
            blocked.add(new Refused(clock.instant(), decision));
            hosts.add(decision.request().target().host().toString());
        } else if (failure != null && failure.reason() != FailureReason.CANCELLED) {
            failed.add(new Refused(clock.instant(), decision));
        }
    }

    @Override
    public void closed(Closed closed) {}

    /** Refused by the policy; and let through by one that is only reported, but would be refused. */
    public Ring<Refused> blocked() {
        return blocked;
    }

    /** Allowed, or not yet judged, and yet come to nothing. Clients that left by themselves are not among them. */
    public Ring<Refused> failed() {
        return failed;
    }

    /** The hosts that the policy refused most often, the most first. */
    public List<BlockedHost> topHosts(int most) {
        return hosts.top(most);
    }
}
