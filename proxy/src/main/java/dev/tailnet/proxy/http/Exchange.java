package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Trail;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: finds a connection to the target, an open one or a new one, and passes on what either side sends,
 * no faster than the other takes it. All on the client's event loop.
 *
 * <p>The client's decoder is paused from the request's head until there is a connection, and from the request's end until the
 * response's.
 */
final class Exchange {
    private final ClientSide client;
    private final ForwardedRequest forwarded;
    private final UpstreamSearch search;
    private final ResponseRelay response;

    private @Nullable UpstreamConnection upstream;
    private @Nullable Trail trail;
    private boolean established;
    /** The connection had served before: should it have died meanwhile, that is no news about the target. */
    private boolean reused;

    private boolean requestEnded;
    private boolean over;
    private long up;

    Exchange(ClientSide client, UpstreamPool pool, ForwardedRequest forwarded, ConnectRequest request) {
        this.client = client;
        this.forwarded = forwarded;
        this.search = new UpstreamSearch(this, client, pool, request);
        this.response = new ResponseRelay(this, client, forwarded);
    }

    void begin() {
        client.pause();
        search.begin();
    }

    /** There is an open connection that may serve the request. */
    void reuse(UpstreamConnection kept, Trail again) {
        reused = true;
        letPolicyEnd(again);
        send(kept, again);
    }

    /** There is a new connection. */
    void opened(UpstreamConnection connected, Trail begun) {
        letPolicyEnd(begun);
        begun.established();
        established = true;
        client.exchanging();
        send(connected, begun);
    }

    private void letPolicyEnd(Trail begun) {
        begun.endBy(why -> client.execute(() -> refuse(HttpAnswer.of(why))));
    }

    /** There is no connection; the audit knows. */
    void unreachable(ConnectFailure why) {
        over = true;
        client.answer(HttpAnswer.of(why));
    }

    private void send(UpstreamConnection connection, Trail begun) {
        upstream = connection;
        trail = begun;
        connection.begin(this, forwarded.isHead());
        connection.write(forwarded.head());
        if (requestEnded) {
            connection.write(LastHttpContent.EMPTY_LAST_CONTENT);
            connection.flush();
        } else if (forwarded.hasBody()) {
            connection.flush();
            client.resume();
        }
    }

    /** A piece of the request. The end of a request without a body may come before there is a connection. */
    void requestContent(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (last) {
            requestEnded = true;
            client.pause();
        }
        UpstreamConnection connection = upstream;
        if (connection == null || response.isComplete()) {
            content.release();
            return;
        }
        up += content.content().readableBytes();
        if (last) {
            Fields.cleanTrailers(((LastHttpContent) content).trailingHeaders());
        }
        connection.write(content);
        if (!connection.isWritable()) {
            client.pause();
        }
    }

    /** The client has said all it has for now. */
    void flushRequest() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    void upstreamTakesMore() {
        if (!requestEnded && !response.isComplete()) {
            client.resume();
        }
    }

    /** The client takes more again, or no more for now. */
    void readResponse(boolean on) {
        if (upstream != null && !response.isUpgraded()) {
            upstream.read(on);
        }
    }

    ResponseRelay response() {
        return response;
    }

    /** The target has said something: it has taken the request. */
    void heard() {
        if (!established) {
            established = true;
            current().established();
        }
    }

    /** How the target's connection ends, once it does. */
    Future<TunnelEnd> upstreamEnd() {
        return connection().end();
    }

    /** The response ends with this. */
    void complete(ForwardedResponse answer, LastHttpContent last) {
        over = true;
        client.write(last);
        client.flush();
        current().closed(new TunnelEnd(TunnelEnd.Cause.FINISHED, up, response.bytes(), ""));
        connection().release(requestEnded && answer.leavesUpstreamOpen());
        client.finished(answer.leavesClientOpen());
    }

    /** The target's connection has ended by itself. */
    void upstreamClosed() {
        if (over || response.mayClose()) {
            return;
        }
        if (response.isInBody()) {
            broken("the target broke the connection off");
        } else if (reused && !established && requestEnded && forwarded.mayBeRepeated()) {
            reused = false;
            upstream = null;
            trail = null;
            search.open();
        } else {
            heard();
            failed("connection_terminated", "the target closed the connection without an answer");
        }
    }

    /** Nothing of a response has been passed on: there can be one of our own. */
    void failed(String error, String why) {
        end(TunnelEnd.Cause.ERROR, why);
        client.answer(HttpAnswer.badGateway(error, why));
    }

    /** Part of a response has been passed on: the client must not take it for all. */
    void broken(String why) {
        end(TunnelEnd.Cause.RESET, why);
        client.breakOff(response.isToldByReset());
    }

    private void end(TunnelEnd.Cause cause, String why) {
        over = true;
        if (upstream != null) {
            upstream.close();
        }
        current().closed(new TunnelEnd(cause, up, response.bytes(), why));
    }

    /** The request turned out to be malformed, or came to be denied, halfway. */
    void refuse(HttpAnswer why) {
        if (leave(why.text())) {
            if (response.hasBegun()) {
                client.breakOff(response.isToldByReset());
            } else {
                client.answer(why);
            }
        }
    }

    /** The client has gone. */
    void clientLeft() {
        leave(String.valueOf(client.gone().getMessage()));
    }

    private boolean leave(String why) {
        if (over) {
            return false;
        }
        if (search.isUnderWay()) {
            over = true;
            search.abandon(client.gone());
        } else {
            heard();
            end(TunnelEnd.Cause.RESET, why);
        }
        return true;
    }

    /** The end of a 101: what follows is not HTTP, and not read here. */
    void upgrade() {
        over = true;
        UpstreamConnection connection = connection();
        client.beginUpgrade();
        connection.upgrade();
        client.join(connection.channel(), current());
    }

    /**
     * Whether a client that ends its side may wait for the response. One that closes its connection looks the same: so only one
     * that has said all of a request it called its last.
     */
    boolean mayBeAwaited() {
        return requestEnded && !forwarded.keepsClient();
    }

    boolean hasRequestEnded() {
        return requestEnded;
    }

    /** Whether neither side has anything to say any more. */
    boolean isOver() {
        return over;
    }

    private Trail current() {
        return Objects.requireNonNull(trail, "an answer without a request");
    }

    private UpstreamConnection connection() {
        return Objects.requireNonNull(upstream, "an answer without a request");
    }
}
