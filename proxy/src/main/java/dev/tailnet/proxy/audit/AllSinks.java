package dev.tailnet.proxy.audit;

import java.util.List;

/** Several sinks as one. */
record AllSinks(List<AuditSink> sinks) implements AuditSink {

    @Override
    public void decided(Decision decision) {
        for (AuditSink sink : sinks) {
            sink.decided(decision);
        }
    }

    @Override
    public void closed(Closed closed) {
        for (AuditSink sink : sinks) {
            sink.closed(closed);
        }
    }
}
