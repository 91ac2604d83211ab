package dev.tailnet.agent.observe;

import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/** The requests that are being served. As many as the proxies let be open at once; each is one small entry. */
public final class LiveRequests implements AuditSink {
    private final ConcurrentMap<Long, LiveRequest> open = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    public LiveRequests() {
        this(System::nanoTime);
    }

    LiveRequests(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public void decided(Decision decision) {
        if (decision.established()) {
            open.put(
                    decision.request().id(),
                    new LiveRequest(decision.request(), decision.address(), decision.route(), nanoTime.getAsLong()));
        }
    }

    @Override
    public void closed(Closed closed) {
        open.remove(closed.request().id());
    }

    /** In no order; what comes and goes meanwhile may be among them. */
    public Collection<LiveRequest> all() {
        return Collections.unmodifiableCollection(open.values());
    }
}
