package dev.tailnet.proxy.audit;

import java.util.List;

/** Hears of every request once when it is decided, and of every tunnel once more when it ends. Called on event loops: never blocks. */
public interface AuditSink {

    /** A request was refused, failed, or became a tunnel. */
    void decided(Decision decision);

    /** A tunnel ended. */
    void closed(Closed closed);

    /** One that passes everything on to all of these, in this order. */
    static AuditSink all(AuditSink... sinks) {
        return new AllSinks(List.of(sinks));
    }
}
