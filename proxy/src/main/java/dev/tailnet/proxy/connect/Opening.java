package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.ConnectRequest;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.List;

/** A request on its way to a connection: its last step is the dial. */
public final class Opening extends Steps<Opened> {
    Opening(Connector connector, ConnectRequest request, EventExecutor executor) {
        super(connector, request, executor);
    }

    @Override
    void reach(List<Candidate> usable) {
        Future<Upstream> dialing = new Dialing(connector, request, usable, trail, executor).begin();
        pending = dialing;
        dialing.addListener((Future<Upstream> done) -> dialed(done));
    }

    private void dialed(Future<Upstream> dialing) {
        pending = null;
        if (dialing.isSuccess()) {
            var opened = new Opened(dialing.getNow(), trail, connector.timeouts.idle(), connector.sockets, executor);
            if (!trySuccess(opened)) {
                opened.discard();
            }
        } else if (dialing.cause() instanceof RuntimeException fault && !dialing.isCancelled()) {
            broken(fault);
        } else {
            fail(failure(dialing.cause()));
        }
    }
}
