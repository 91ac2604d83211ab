package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.dial.DatagramConduit;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;

/** A request on its way to a flow of datagrams: its last step opens one in a conduit, which takes no time. */
public final class FlowOpening extends Steps<OpenFlow> {
    private final ConduitSource conduits;

    FlowOpening(Connector connector, ConnectRequest request, ConduitSource conduits, EventExecutor executor) {
        super(connector, request, executor);
        this.conduits = conduits;
    }

    @Override
    void reach(List<Candidate> candidates) {
        try {
            open(conduits.conduit(), candidates.iterator());
        } catch (ConnectFailure e) {
            fail(e);
        }
    }

    private void open(DatagramConduit conduit, Iterator<Candidate> candidates) {
        Candidate candidate = candidates.next();
        trail.dialing(candidate);
        var target = new InetSocketAddress(candidate.address(), request.target().port());
        // Nothing to cancel: a flow that comes too late is closed.
        conduit.open(request.id(), target, candidate.route()).addListener((Future<Void> done) -> {
            trail.dialEnded();
            if (isDone()) {
                conduit.closeFlow(request.id());
            } else if (done.isSuccess()) {
                setSuccess(new OpenFlow(target, trail));
            } else if (candidates.hasNext()) {
                open(conduit, candidates);
            } else {
                fail(failure(done.cause()));
            }
        });
    }
}
