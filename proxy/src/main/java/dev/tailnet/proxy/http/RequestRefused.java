package dev.tailnet.proxy.http;

/** A request that gets its answer here. */
final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpAnswer answer;

    RequestRefused(HttpAnswer answer) {
        super(answer.text(), null, false, false);
        this.answer = answer;
    }

    HttpAnswer answer() {
        return answer;
    }
}
