package dev.tailnet.agent.audit;

/** Hears of connections from the tailnet as {@link dev.tailnet.proxy.audit.AuditSink} does of those there. Never blocks. */
public interface InboundWitness {

    /** One was let in, or not. */
    void decided(InboundDecision decision);

    /** One that was let in has ended. */
    void ended(InboundEnd end);
}
