package dev.tailnet.agent;

import dev.tailnet.agent.logging.Logging;
import dev.tailnet.agent.logging.RecentLog;
import dev.tailnet.agent.observe.LiveRequests;
import dev.tailnet.agent.observe.LogLine;
import dev.tailnet.agent.observe.Observed;
import dev.tailnet.agent.observe.RefusedRequests;
import dev.tailnet.agent.observe.Ring;
import dev.tailnet.agent.observe.Throughput;
import java.util.List;
import java.util.Locale;

/**
 * What is kept of this agent's last minutes, and who keeps it.
 *
 * @param requests hears of every connection
 * @param refused likewise
 */
record Watched(LiveRequests requests, RefusedRequests refused, Observed observed) {

    static Watched in(Core core) {
        var requests = new LiveRequests();
        var refused = new RefusedRequests(core.clock());
        var connections = new RunningConnections(requests, core.inbound(), core.node()::node);
        return new Watched(
                requests, refused, new Observed(connections, refused, Throughput.ring(), Watched::linesAfter));
    }

    private static Ring.Part<LogLine> linesAfter(long number) {
        List<RecentLog.Entry> entries = Logging.recent().entries();
        return new Ring.Part<>(
                entries.isEmpty() ? 0 : entries.getLast().number(),
                entries.stream()
                        .filter(entry -> entry.number() > number)
                        .map(entry -> new LogLine(
                                entry.time(), entry.level().name().toLowerCase(Locale.ROOT), entry.message()))
                        .toList());
    }
}
