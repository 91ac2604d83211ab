package dev.tailnet.proxy.datagram;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.FlowOpening;
import dev.tailnet.proxy.connect.OpenFlow;
import dev.tailnet.proxy.dial.DatagramConduit;
import dev.tailnet.proxy.dial.DatagramDialer;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that share a conduit: for each key a flow, which is decided upon and opened with its first datagram. When there are
 * as many as may be, the one that has been quiet for longest makes way.
 *
 * <p>For one event loop.
 *
 * @param <K> what has a flow of its own
 */
public final class DatagramSession<K> {
    private final Connector connector;
    private final DatagramDialer dialer;
    private final DatagramCounters counters;
    private final EventLoop loop;
    private final DatagramLimits limits;
    private final Datagrams.Client<K> client;

    /** The one that has been quiet for longest comes first. */
    private final SequencedMap<K, Flow<K>> flows = new LinkedHashMap<>();

    /** When the audit was told of keys for which there was no room, the first told first; as many as there may be flows. */
    private final SequencedMap<K, Long> turnedAway = new LinkedHashMap<>();

    private final LongObjectMap<Flow<K>> open = new LongObjectHashMap<>();
    private final DatagramConduit.Receiver receiver = new FromTargets();
    private @Nullable DatagramConduit conduit;
    private int waitingBytes;
    private boolean closed;

    DatagramSession(
            Connector connector,
            DatagramDialer dialer,
            DatagramCounters counters,
            EventLoop loop,
            DatagramLimits limits,
            Datagrams.Client<K> client) {
        this.connector = connector;
        this.dialer = dialer;
        this.counters = counters;
        this.loop = loop;
        this.limits = limits;
        this.client = client;
    }

    /**
     * Sends a datagram, at the latest with the next {@link #flush}, or drops it.
     *
     * @param target where the key leads: of interest only with a key's first datagram
     * @param datagram read during this call only
     */
    public void send(K key, Target target, ByteBuf datagram) {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        Flow<K> flow = flows.get(key);
        if (flow == null || flow.isStale(now, limits.refusal())) {
            flow = begin(key, target, now);
        }
        if (flow == null) {
            counters.dropped(DropReason.TOO_MANY_TARGETS);
            return;
        }
        use(flow, now);
        switch (flow.state()) {
            case OPENING -> keep(flow, datagram);
            case OPEN -> pass(flow, datagram);
            case REFUSED -> counters.dropped(DropReason.NO_WAY);
        }
    }

    /** Has a key decided upon and opened before there is a datagram for it. */
    public void open(K key, Target target) {
        if (!closed && !flows.containsKey(key)) {
            begin(key, target, System.nanoTime());
        }
    }

    /** Lets go of what was sent. */
    public void flush() {
        if (conduit != null) {
            conduit.flush();
        }
    }

    /** Ends all flows. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Flow<K> flow : List.copyOf(flows.values())) {
            end(flow, TunnelEnd.Cause.FINISHED, "");
        }
        if (conduit != null) {
            conduit.close();
            conduit = null;
        }
    }

    private @Nullable Flow<K> begin(K key, Target target, long now) {
        flows.remove(key);
        if (flows.size() >= limits.targets()) {
            Flow<K> quietest = flows.firstEntry().getValue();
            if (quietest.isUsed(now, limits.inUse())) {
                turnAway(key, target, now);
                return null;
            }
            end(quietest, TunnelEnd.Cause.FINISHED, "made way for another target");
        }
        FlowOpening opening = connector.openFlow(client.request(connector, key, target), this::conduit, loop);
        var flow = new Flow<>(key, opening, now);
        flows.put(key, flow);
        opening.addListener((Future<OpenFlow> done) -> decided(flow, done));
        return flow;
    }

    /** The audit hears of it once for as long as a refusal holds: a client hears nothing, and goes on sending. */
    private void turnAway(K key, Target target, long now) {
        Long before = turnedAway.get(key);
        if (before != null && now - before < limits.refusal().toNanos()) {
            return;
        }
        turnedAway.remove(key);
        if (turnedAway.size() >= limits.targets()) {
            turnedAway.pollFirstEntry();
        }
        turnedAway.put(key, now);
        connector.turnAway(
                client.request(connector, key, target),
                new ConnectFailure(
                        FailureReason.TOO_MANY_CONNECTIONS,
                        "there are " + limits.targets() + " " + limits.what()
                                + " in use, as many as may be: its datagrams are dropped until one is quiet for "
                                + limits.inUse().toSeconds() + " s"));
    }

    private DatagramConduit conduit() throws ConnectFailure {
        DatagramConduit current = conduit;
        if (current == null) {
            current = dialer.open(limits.targets(), loop, receiver);
            conduit = current;
        }
        return current;
    }

    private void decided(Flow<K> flow, Future<OpenFlow> done) {
        if (flows.get(flow.key()) != flow) {
            return; // it has made way, and was cancelled for that
        }
        if (done.isSuccess()) {
            open.put(flow.id(), flow);
            done.getNow().trail().endBy(why -> loop.execute(() -> denied(flow, why)));
            flow.opened(done.getNow());
            counters.flowOpened();
            client.opened(flow.key());
        } else {
            flow.refused(System.nanoTime());
            client.refused(
                    flow.key(),
                    done.cause() instanceof ConnectFailure failure ? failure : ConnectFailure.internal(done.cause()));
        }
        for (ByteBuf datagram = next(flow); datagram != null; datagram = next(flow)) {
            if (done.isSuccess()) {
                pass(flow, datagram);
            } else {
                counters.dropped(DropReason.NO_WAY);
            }
            datagram.release();
        }
        flush();
    }

    private void denied(Flow<K> flow, ConnectFailure why) {
        if (open.get(flow.id()) == flow) {
            end(flow, TunnelEnd.Cause.CANCELLED, why.getMessage());
        }
    }

    private void use(Flow<K> flow, long now) {
        flow.used(now);
        flows.putLast(flow.key(), flow);
    }

    private void keep(Flow<K> flow, ByteBuf datagram) {
        int bytes = datagram.readableBytes();
        if (flow.waiting().size() >= limits.waitingDatagrams() || waitingBytes + bytes > limits.waitingBytes()) {
            counters.dropped(DropReason.QUEUE_FULL);
            return;
        }
        // What was received lies in a buffer that is large enough for any datagram.
        flow.waiting().add(datagram.copy());
        waitingBytes += bytes;
    }

    /** Takes one of those that wait; null when there is none. */
    private @Nullable ByteBuf next(Flow<K> flow) {
        ByteBuf datagram = flow.waiting().poll();
        if (datagram != null) {
            waitingBytes -= datagram.readableBytes();
        }
        return datagram;
    }

    private void pass(Flow<K> flow, ByteBuf datagram) {
        int bytes = datagram.readableBytes();
        if (conduit != null && conduit.send(flow.id(), datagram)) {
            flow.countUp(bytes);
            counters.sent(bytes);
        } else {
            counters.dropped(DropReason.QUEUE_FULL);
        }
    }

    private void end(Flow<K> flow, TunnelEnd.Cause cause, String detail) {
        flows.remove(flow.key(), flow);
        switch (flow.state()) {
            case OPENING -> {
                flow.opening().cancel(false);
                for (ByteBuf datagram = next(flow); datagram != null; datagram = next(flow)) {
                    datagram.release();
                }
            }
            case OPEN -> {
                if (conduit != null) {
                    conduit.closeFlow(flow.id());
                }
                forget(flow, cause, detail);
            }
            case REFUSED -> {}
        }
    }

    private void forget(Flow<K> flow, TunnelEnd.Cause cause, String detail) {
        open.remove(flow.id());
        flows.remove(flow.key(), flow);
        counters.flowClosed();
        flow.closed(cause, detail);
    }

    /** What the conduit tells. */
    private final class FromTargets implements DatagramConduit.Receiver {
        @Override
        public void received(long id, ByteBuf datagram) {
            Flow<K> flow = open.get(id);
            if (flow != null) {
                int bytes = datagram.readableBytes();
                use(flow, System.nanoTime());
                flow.countDown(bytes);
                counters.received(bytes);
                client.received(flow.key(), flow.open().target(), datagram);
            }
        }

        @Override
        public void receivedAll() {
            client.receivedAll();
        }

        @Override
        public void flowEnded(long id, TunnelEnd.Cause cause, String detail) {
            Flow<K> flow = open.get(id);
            if (flow != null) {
                forget(flow, cause, detail);
            }
        }

        @Override
        public void conduitEnded() {
            conduit = null;
            for (Flow<K> flow : List.copyOf(open.values())) {
                forget(flow, TunnelEnd.Cause.CANCELLED, "the node has closed");
            }
        }
    }
}
