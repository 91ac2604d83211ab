package dev.tailnet.agent;

import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.expose.Exposures;
import dev.tailnet.agent.expose.InboundConnections;
import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.agent.tunnel.PendingOperations;
import dev.tailnet.proxy.server.EpollFailure;
import dev.tailnet.proxy.server.EventLoops;
import java.time.Clock;

/**
 * What every part of the agent builds on, made before any of them opens.
 *
 * @param settings as at the start; {@link Parts} has what was reloaded
 * @param claim the runtime directory, held
 * @param pending what the node was asked and has not answered
 * @param inbound what comes from the tailnet
 * @param listeners where this agent listens, as it comes about
 * @param outside what becomes of targets that the tailnet does not own
 * @param auditing a part, too, which outlives the others
 */
record Core(
        Settings settings,
        Clock clock,
        RuntimeClaim claim,
        EventLoops loops,
        PendingOperations pending,
        InboundConnections inbound,
        NodeSupervisor node,
        OpenListeners listeners,
        OutsideTailnet outside,
        Exposures exposures,
        Auditing auditing)
        implements AutoCloseable {
    /** More loops than this do not help: the bytes are moved elsewhere. */
    private static final int MAX_EVENT_LOOPS = 4;

    /** @throws StartFailure if a directory cannot be had, or the event loops do not start; with nothing held */
    static Core make(Settings settings, Clock clock) throws StartFailure {
        var claim = RuntimeClaim.on(settings.runtimeDir(), settings.localApi().isShared());
        try {
            StateFile.prepare(settings.node(), clock);
            var loops = openLoops();
            var pending = new PendingOperations();
            var listeners = new OpenListeners();
            var auditing = new Auditing(settings.audit(), listeners::addresses, clock);
            var inbound = new InboundConnections(auditing);
            var node = new NodeSupervisor(settings.node(), settings.runtimeDir(), pending, inbound, clock);
            var outside = new OutsideTailnet(settings.internet(), node);
            var exposures = new Exposures(node::node, listeners::addresses);
            return new Core(
                    settings, clock, claim, loops, pending, inbound, node, listeners, outside, exposures, auditing);
        } catch (StartFailure | RuntimeException e) {
            claim.close();
            throw e;
        }
    }

    private static EventLoops openLoops() throws StartFailure {
        try {
            return EventLoops.open(
                    Math.min(MAX_EVENT_LOOPS, Runtime.getRuntime().availableProcessors()));
        } catch (EpollFailure e) {
            throw new StartFailure(ExitCode.LIBRARY, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        loops.close();
        auditing.end();
        claim.close();
    }
}
