package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Opened;
import dev.tailnet.proxy.connect.Opening;
import dev.tailnet.proxy.connect.Trail;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Finds the connection that is to serve an exchange's request: an open one that may, or else a new one. */
final class UpstreamSearch {
    private final Exchange exchange;
    private final ClientSide client;
    private final UpstreamPool pool;
    private final ConnectRequest request;
    private @Nullable Opening opening;

    UpstreamSearch(Exchange exchange, ClientSide client, UpstreamPool pool, ConnectRequest request) {
        this.exchange = exchange;
        this.client = client;
        this.pool = pool;
        this.request = request;
    }

    /** Takes an open connection to the target if there is one that may serve the request, and opens one otherwise. */
    void begin() {
        UpstreamConnection kept = pool.take(request.target());
        while (kept != null) {
            Trail again = client.connector().reuse(request, kept.way());
            if (again != null) {
                exchange.reuse(kept, again);
                return;
            }
            kept.close();
            kept = pool.take(request.target());
        }
        open();
    }

    /** Opens a connection. */
    void open() {
        client.waiting();
        Opening begun = client.connector().open(request, pool.loop());
        opening = begun;
        begun.addListener((Future<Opened> done) -> opened(done));
    }

    private void opened(Future<Opened> done) {
        opening = null;
        if (exchange.isOver()) {
            return;
        }
        if (!done.isSuccess()) {
            exchange.unreachable(
                    done.cause() instanceof ConnectFailure failure ? failure : ConnectFailure.internal(done.cause()));
            return;
        }
        Trail trail = done.getNow().trail();
        UpstreamConnection connected;
        try {
            connected = UpstreamConnection.over(done.getNow(), request.target(), pool);
        } catch (ConnectFailure e) {
            trail.failed(e);
            exchange.unreachable(e);
            return;
        }
        exchange.opened(connected, trail);
    }

    boolean isUnderWay() {
        return opening != null;
    }

    /** Nobody waits for it any more. */
    void abandon(ConnectFailure why) {
        if (opening != null) {
            opening.abandon(why);
        }
    }
}
