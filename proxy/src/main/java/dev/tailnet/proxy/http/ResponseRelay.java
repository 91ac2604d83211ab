package dev.tailnet.proxy.http;

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

/** What a target answers to one request, on its way to the client: from interim responses to the end of the body, or to another protocol. */
final class ResponseRelay {

    /** How far the response is. */
    private enum State {
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

    private final Exchange exchange;
    private final ClientSide client;
    private final ForwardedRequest forwarded;

    private State state = State.NONE;
    private @Nullable ForwardedResponse answer;
    private long bytes;

    ResponseRelay(Exchange exchange, ClientSide client, ForwardedRequest forwarded) {
        this.exchange = exchange;
        this.client = client;
        this.forwarded = forwarded;
    }

    void head(HttpResponse head) {
        exchange.heard();
        if (head.decoderResult().isFailure()) {
            malformed(head.decoderResult().cause().getMessage());
        } else if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            switchProtocols(head);
        } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            state = State.INTERIM;
            if (!forwarded.isHttp10()) {
                client.write(ForwardedResponse.interim(head));
                client.flush();
            }
        } else if (Fields.hasStrangeCoding(head.headers())) {
            malformed("its response has a transfer coding that nobody asked for");
        } else {
            state = State.BODY;
            ForwardedResponse passed =
                    ForwardedResponse.of(head, forwarded, exchange.hasRequestEnded() && !client.isLast());
            answer = passed;
            client.write(passed.head());
        }
    }

    private void switchProtocols(HttpResponse head) {
        if (!forwarded.isUpgrade()) {
            malformed("it switches protocols, and nobody asked it to");
            return;
        }
        state = State.UPGRADED;
        client.write(ForwardedResponse.switching(head));
    }

    private void malformed(@Nullable String why) {
        exchange.failed("http_protocol_error", "the target's answer is no HTTP/1.1: " + why);
    }

    void content(HttpContent content) {
        if (exchange.isOver() || state == State.NONE) {
            content.release();
        } else if (state == State.INTERIM) {
            state = State.NONE;
            content.release();
        } else if (state == State.UPGRADED) {
            content.release();
            exchange.upgrade();
        } else if (content.decoderResult().isFailure()) {
            content.release();
            exchange.broken("the target's response is malformed: "
                    + content.decoderResult().cause().getMessage());
        } else {
            body(content);
        }
    }

    private void body(HttpContent content) {
        bytes += content.content().readableBytes();
        if (!(content instanceof LastHttpContent last)) {
            client.write(content);
            if (!client.isWritable()) {
                exchange.readResponse(false);
            }
        } else if (passed().endsWithConnection()) {
            content.release();
            state = State.CLOSING;
            exchange.upstreamEnd().addListener((Future<TunnelEnd> end) -> closed(end));
        } else {
            Fields.cleanTrailers(last.trailingHeaders());
            complete(last);
        }
    }

    /** A body that ends with its connection is whole unless the connection was broken. */
    private void closed(Future<TunnelEnd> end) {
        if (exchange.isOver()) {
            return;
        }
        if (end.isSuccess() && end.getNow().cause() == TunnelEnd.Cause.FINISHED) {
            complete(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            exchange.broken("the target broke the connection off");
        }
    }

    private void complete(LastHttpContent last) {
        state = State.COMPLETE;
        exchange.complete(passed(), last);
    }

    /** What the target had said behind its 101 when the decoder was removed. */
    void upgradedBytes(ByteBuf more) {
        if (state == State.UPGRADED) {
            client.write(more);
        } else {
            ReferenceCountUtil.release(more);
        }
    }

    void flush() {
        client.flush();
    }

    /** Bytes of bodies so far. */
    long bytes() {
        return bytes;
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    boolean isUpgraded() {
        return state == State.UPGRADED;
    }

    /** Whether the target may close its connection without a word: all has been said, or somebody else looks. */
    boolean mayClose() {
        return state == State.CLOSING || state == State.UPGRADED;
    }

    /** Whether the client has part of a response's body, or is about to. */
    boolean isInBody() {
        return state == State.BODY;
    }

    /** Whether the client has been given a final response's head. */
    boolean hasBegun() {
        return answer != null;
    }

    /** Whether only a reset tells the client that the body ends too early. */
    boolean isToldByReset() {
        return answer != null && !answer.isDelimited();
    }

    private ForwardedResponse passed() {
        if (answer == null) {
            throw new IllegalStateException("a body without a head");
        }
        return answer;
    }
}
