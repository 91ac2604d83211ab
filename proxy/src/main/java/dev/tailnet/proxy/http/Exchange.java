package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Opened;
import dev.tailnet.proxy.connect.Opening;
import dev.tailnet.proxy.connect.Trail;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: finds a connection to the target, an open one or a new one, and passes on what either side sends,
 * no faster than the other takes it. All on the client's event loop.
 *
 * <p>The client's decoder is paused from the request's head until there is a connection, and from the request's end until the
 * response's.
 */
final class Exchange {

    /** How far the response is. */
    private enum Response {
        NONE,
        /** An interim one's head is through; its empty end is still to come. */
        INTERIM,
        BODY,
        /** All that came is through; whether the target ended it or a reset is about to be told. */
        CLOSING,
        /** Bytes of another protocol follow. */
        UPGRADED,
        COMPLETE
    }

    private final HttpRequestHandler client;
    private final UpstreamPool pool;
    private final ForwardedRequest forwarded;
    private final ConnectRequest request;

    private @Nullable Opening opening;
    private @Nullable UpstreamConnection upstream;
    private @Nullable Trail trail;
    private boolean established;
    /** The connection had served before: should it have died meanwhile, that is no news about the target. */
    private boolean reused;

    private boolean requestEnded;
    private Response response = Response.NONE;
    private @Nullable ForwardedResponse answer;
    private boolean over;
    private long up;
    private long down;

    Exchange(HttpRequestHandler client, UpstreamPool pool, ForwardedRequest forwarded, ConnectRequest request) {
        this.client = client;
        this.pool = pool;
        this.forwarded = forwarded;
        this.request = request;
    }

    /** Takes an open connection to the target if there is one that may serve the request, and opens one otherwise. */
    void begin() {
        client.pause();
        UpstreamConnection kept = pool.take(request.target());
        while (kept != null) {
            Trail again = client.connector().reuse(request, kept.way());
            if (again != null) {
                reused = true;
                send(kept, again);
                return;
            }
            kept.close();
            kept = pool.take(request.target());
        }
        open();
    }

    private void open() {
        client.waiting();
        Opening begun = client.connector().open(request, pool.loop());
        opening = begun;
        begun.addListener((Future<Opened> done) -> opened(done));
    }

    private void opened(Future<Opened> done) {
        opening = null;
        if (over) {
            return;
        }
        if (!done.isSuccess()) {
            over = true;
            client.answer(HttpAnswer.of(
                    done.cause() instanceof ConnectFailure failure ? failure : ConnectFailure.internal(done.cause())));
            return;
        }
        Trail begun = done.getNow().trail();
        try {
            UpstreamConnection connected = UpstreamConnection.over(done.getNow(), request.target(), pool);
            begun.established();
            established = true;
            client.exchanging();
            send(connected, begun);
        } catch (ConnectFailure e) {
            over = true;
            begun.failed(e);
            client.answer(HttpAnswer.of(e));
        }
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
        if (connection == null || response == Response.COMPLETE) {
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
        if (!requestEnded && response != Response.COMPLETE) {
            client.resume();
        }
    }

    /** The client takes more again, or no more for now. */
    void readResponse(boolean on) {
        if (upstream != null && response != Response.UPGRADED) {
            upstream.read(on);
        }
    }

    void response(HttpResponse head) {
        heard();
        if (head.decoderResult().isFailure()) {
            malformed(head.decoderResult().cause().getMessage());
        } else if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            switchProtocols(head);
        } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            response = Response.INTERIM;
            if (!forwarded.isHttp10()) {
                client.write(ForwardedResponse.interim(head));
                client.flush();
            }
        } else if (Fields.hasStrangeCoding(head.headers())) {
            malformed("its response has a transfer coding that nobody asked for");
        } else {
            response = Response.BODY;
            ForwardedResponse passed = ForwardedResponse.of(head, forwarded, requestEnded && !client.isLast());
            answer = passed;
            client.write(passed.head());
        }
    }

    private void heard() {
        if (!established) {
            established = true;
            current().established();
        }
    }

    void responseContent(HttpContent content) {
        if (over || response == Response.NONE) {
            content.release();
            return;
        }
        if (response == Response.INTERIM) {
            response = Response.NONE;
            content.release();
            return;
        }
        if (response == Response.UPGRADED) {
            content.release();
            upgrade();
            return;
        }
        if (content.decoderResult().isFailure()) {
            content.release();
            broken("the target's response is malformed: "
                    + content.decoderResult().cause().getMessage());
            return;
        }
        down += content.content().readableBytes();
        if (!(content instanceof LastHttpContent last)) {
            client.write(content);
            if (!client.isWritable()) {
                readResponse(false);
            }
        } else if (answered().endsWithConnection()) {
            content.release();
            response = Response.CLOSING;
            connection().end().addListener((Future<TunnelEnd> end) -> closed(end));
        } else {
            Fields.cleanTrailers(last.trailingHeaders());
            complete(last);
        }
    }

    void flushResponse() {
        client.flush();
    }

    /** A body that ends with its connection is whole unless the connection was broken. */
    private void closed(Future<TunnelEnd> end) {
        if (over) {
            return;
        }
        if (end.isSuccess() && end.getNow().cause() == TunnelEnd.Cause.FINISHED) {
            complete(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            broken("the target broke the connection off");
        }
    }

    private void complete(LastHttpContent last) {
        response = Response.COMPLETE;
        over = true;
        client.write(last);
        client.flush();
        current().closed(new TunnelEnd(TunnelEnd.Cause.FINISHED, up, down, ""));
        connection().release(requestEnded && answered().leavesUpstreamOpen());
        client.finished(answered().leavesClientOpen());
    }

    /** The target's connection has ended by itself. */
    void upstreamClosed() {
        if (over || response == Response.CLOSING || response == Response.UPGRADED) {
            return;
        }
        if (response == Response.BODY) {
            broken("the target broke the connection off");
        } else if (reused && !established && requestEnded && forwarded.mayBeRepeated()) {
            reused = false;
            upstream = null;
            trail = null;
            open();
        } else {
            heard();
            failed("connection_terminated", "the target closed the connection without an answer");
        }
    }

    private void malformed(@Nullable String why) {
        failed("http_protocol_error", "the target's answer is no HTTP/1.1: " + why);
    }

    /** Nothing of a response has been passed on: there can be one of our own. */
    private void failed(String error, String why) {
        end(TunnelEnd.Cause.ERROR, why);
        client.answer(HttpAnswer.badGateway(error, why));
    }

    /** Part of a response has been passed on: the client must not take it for all. */
    private void broken(String why) {
        end(TunnelEnd.Cause.RESET, why);
        client.breakOff(answer != null && !answered().isDelimited());
    }

    private void end(TunnelEnd.Cause cause, String why) {
        over = true;
        if (upstream != null) {
            upstream.close();
        }
        current().closed(new TunnelEnd(cause, up, down, why));
    }

    /** The request turned out to be malformed halfway. */
    void refuse(HttpAnswer why) {
        boolean nothingSaid = answer == null;
        if (leave(why.text())) {
            if (nothingSaid) {
                client.answer(why);
            } else {
                client.breakOff(!answered().isDelimited());
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
        if (opening != null) {
            over = true;
            opening.abandon(client.gone());
        } else {
            heard();
            end(TunnelEnd.Cause.RESET, why);
        }
        return true;
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

    private void switchProtocols(HttpResponse head) {
        if (!forwarded.isUpgrade()) {
            malformed("it switches protocols, and nobody asked it to");
            return;
        }
        response = Response.UPGRADED;
        client.write(ForwardedResponse.switching(head));
    }

    /** The end of a 101: what follows is not HTTP, and not read here. */
    private void upgrade() {
        over = true;
        UpstreamConnection connection = connection();
        client.beginUpgrade();
        connection.upgrade();
        client.join(connection.channel(), current());
    }

    /** What the target had said behind its 101 when the decoder was removed. */
    void upgradedBytes(ByteBuf bytes) {
        if (response == Response.UPGRADED) {
            client.write(bytes);
        } else {
            ReferenceCountUtil.release(bytes);
        }
    }

    private Trail current() {
        return required(trail);
    }

    private UpstreamConnection connection() {
        return required(upstream);
    }

    private ForwardedResponse answered() {
        return required(answer);
    }

    private static <T> T required(@Nullable T there) {
        if (there == null) {
            throw new IllegalStateException("an answer without a request");
        }
        return there;
    }
}
