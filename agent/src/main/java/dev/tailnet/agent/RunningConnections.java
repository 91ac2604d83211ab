package dev.tailnet.agent;

import dev.tailnet.agent.expose.InboundConnections;
import dev.tailnet.agent.expose.InboundConnections.OpenInbound;
import dev.tailnet.agent.observe.LiveConnection;
import dev.tailnet.agent.observe.LiveConnections;
import dev.tailnet.agent.observe.LiveRequest;
import dev.tailnet.agent.observe.LiveRequests;
import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.InboundFlow;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.bridge.Traffic;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.OperationId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connections in both directions, with the bytes that the library has counted for each. */
final class RunningConnections implements LiveConnections {
    private static final Moved UNKNOWN = new Moved(-1, LiveConnection.UNKNOWN, LiveConnection.UNKNOWN);
    private static final Comparator<Row> BUSIEST_FIRST =
            Comparator.<Row>comparingLong(row -> row.moved().total()).reversed().thenComparingLong(Row::since);

    private final LiveRequests requests;
    private final InboundConnections inbound;
    private final Supplier<@Nullable TailnetNode> node;

    RunningConnections(LiveRequests requests, InboundConnections inbound, Supplier<@Nullable TailnetNode> node) {
        this.requests = requests;
        this.inbound = inbound;
        this.node = node;
    }

    /** @param operation which of the request's operations counted them: a later one tells more of the request itself */
    private record Moved(long operation, long up, long down) {
        long total() {
            return up + down;
        }

        Moved later(Moved other) {
            return other.operation > operation ? other : this;
        }
    }

    private record Row(long since, Moved moved, Line line) {}

    /** Writes out a connection once it is known to be wanted. */
    private interface Line {
        LiveConnection write(long ageSeconds, Moved moved);
    }

    @Override
    public Shown show(int most) {
        Collection<LiveRequest> proxied = requests.all();
        Collection<OpenInbound> exposed = inbound.open();
        Map<Long, Moved> tunnels = traffic(Traffic.Of.TUNNELS);
        Map<Long, Moved> coming = exposed.isEmpty() ? Map.of() : traffic(Traffic.Of.INBOUND);
        List<Row> rows = new ArrayList<>(proxied.size() + exposed.size());
        for (LiveRequest request : proxied) {
            Moved moved = tunnels.getOrDefault(request.request().id(), UNKNOWN);
            rows.add(new Row(request.since(), moved, (age, bytes) -> line(request, age, bytes)));
        }
        for (OpenInbound connection : exposed) {
            Moved moved = coming.getOrDefault(connection.id(), UNKNOWN);
            rows.add(new Row(connection.since(), moved, (age, bytes) -> line(connection, age, bytes)));
        }
        long now = System.nanoTime();
        return new Shown(
                rows.size(),
                rows.stream()
                        .sorted(BUSIEST_FIRST)
                        .limit(most)
                        .map(row -> row.line()
                                .write(Duration.ofNanos(now - row.since()).toSeconds(), row.moved()))
                        .toList());
    }

    /** By request, or by the number of a connection from the tailnet. */
    private Map<Long, Moved> traffic(Traffic.Of which) {
        TailnetNode running = node.get();
        if (running == null) {
            return Map.of();
        }
        Map<Long, Moved> moved = new HashMap<>();
        try {
            running.traffic(which)
                    .forEach((id, up, down) ->
                            moved.merge(OperationId.request(id), new Moved(id, up, down), Moved::later));
        } catch (BridgeException e) {
            return Map.of(); // The node has just been closed.
        }
        return moved;
    }

    private static LiveConnection line(LiveRequest live, long age, Moved moved) {
        ConnectRequest request = live.request();
        boolean isName = request.target().host() instanceof Host.Name;
        return new LiveConnection(
                String.valueOf(request.id()),
                name(request.protocol()),
                request.client() instanceof InetSocketAddress client ? AddressText.of(client) : "this machine",
                request.role(),
                request.target().toString(),
                isName && live.address() != null ? AddressText.of(live.address()) : null,
                live.route() == null ? "" : name(live.route()),
                age,
                moved.up(),
                moved.down());
    }

    private static LiveConnection line(OpenInbound open, long age, Moved moved) {
        InboundFlow flow = open.flow();
        InetSocketAddress service = flow.service();
        return new LiveConnection(
                "in-" + open.id(),
                name(flow.transport()),
                AddressText.of(flow.peer()),
                flow.node().isEmpty() ? null : flow.node(),
                ":" + flow.port(),
                service == null ? null : AddressText.of(service),
                "inbound",
                age,
                moved.up(),
                moved.down());
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
