package dev.tailnet.agent.expose;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.InboundFlow;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.bridge.Transport;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.InboundRequest;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether connections from the tailnet may come in: what the policy says, and the audit, which may have to have room for them. */
public final class InboundJudge {
    private static final Logger LOGGER = LoggerFactory.getLogger(InboundJudge.class);
    /** In place of a rule's name: the peer is none of those that {@code --expose} names. */
    private static final String EXPOSE = "expose";

    private final Policy policy;
    private final boolean auditIsRequired;
    private final BooleanSupplier auditHasRoom;
    private final Supplier<@Nullable TailnetNode> node;

    /**
     * @param auditIsRequired whether nothing may begin that cannot be recorded
     * @param node that holds connections back until they are judged; null when it is gone
     */
    public InboundJudge(
            Policy policy,
            boolean auditIsRequired,
            BooleanSupplier auditHasRoom,
            Supplier<@Nullable TailnetNode> node) {
        this.policy = policy;
        this.auditIsRequired = auditIsRequired;
        this.auditHasRoom = auditHasRoom;
        this.node = node;
    }

    /**
     * A verdict.
     *
     * @param refusal null when the connection may come in
     */
    record Judged(Ruling ruling, @Nullable ConnectFailure refusal) {}

    /** Whether the node has to ask at all: it need not wait where the answer is always yes. */
    public boolean isAsked() {
        return auditIsRequired || policy.isAboutInbound();
    }

    /** Whether connections that are open are to end when a changed policy denies them. */
    boolean endsWhatItDenies() {
        return policy.endsWhatItDenies();
    }

    Judged judge(InboundFlow flow) {
        if (auditIsRequired && !auditHasRoom.getAsBoolean()) {
            return new Judged(
                    new Ruling(policy.mode(), null, null),
                    new ConnectFailure(
                            FailureReason.NODE_NOT_READY,
                            "the audit log cannot be written, and nothing is let in without it"));
        }
        return byPolicy(flow);
    }

    Judged byPolicy(InboundFlow flow) {
        Policy current = policy.current();
        return switch (current.onInbound(request(flow))) {
            case Verdict.Refused(String rule, String message) ->
                new Judged(
                        new Ruling(current.mode(), rule, null), new ConnectFailure(FailureReason.NOT_ALLOWED, message));
            case Verdict.Allowed allowed -> {
                Verdict.Refused wouldDeny = allowed.wouldDeny();
                yield new Judged(
                        wouldDeny == null
                                ? new Ruling(current.mode(), allowed.rule(), null)
                                : new Ruling(current.mode(), wouldDeny.rule(), wouldDeny.message()),
                        null);
            }
        };
    }

    /** What to say of one that the node has decided by itself. */
    Ruling unasked(boolean isDenied) {
        return new Ruling(policy.mode(), isDenied ? EXPOSE : null, null);
    }

    /** Has the node carry out a verdict; on one that is open already as well. */
    void answer(long id, boolean allowed) {
        TailnetNode asking = node.get();
        if (asking == null) {
            return;
        }
        try {
            asking.judge(id, allowed);
        } catch (BridgeException e) {
            if (e.code() != Code.NODE_DOWN) {
                throw e;
            }
            LOGGER.debug("A connection from the tailnet is gone with the node: {}", e.getMessage());
        }
    }

    static InboundRequest request(InboundFlow flow) {
        return new InboundRequest(
                flow.transport() == Transport.UDP,
                flow.peer(),
                flow.node(),
                flow.user().isEmpty() ? flow.tags() : List.of(flow.user()),
                flow.to());
    }
}
