package dev.tailnet.proxy.server;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.forward.ForwardFrontEnd;
import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.forward.ForwardSpec.Protocol;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The static forwards that are open. They can be changed while connections go on. Not for event loops: opening a listener blocks. */
public final class Forwards {
    private static final Logger LOGGER = LoggerFactory.getLogger(Forwards.class);

    private final TcpListeners listeners;
    private final UdpListeners sockets;
    private final Connector connector;
    private Map<Key, Forward> open = Map.of();
    private volatile boolean closed;

    Forwards(TcpListeners listeners, UdpListeners sockets, Connector connector) {
        this.listeners = listeners;
        this.sockets = sockets;
        this.connector = connector;
    }

    /** What makes a forward the same one with another target; where the system picks the port, the target tells them apart. */
    private record Key(
            Protocol protocol,
            InetSocketAddress listen,
            @Nullable Target target) {
        static Key of(ForwardSpec spec) {
            return new Key(spec.protocol(), spec.listen(), spec.listen().getPort() == 0 ? spec.target() : null);
        }

        /** Whether the system lets only one of the two have its address at a time. */
        boolean isInTheWayOf(Key other) {
            return protocol == other.protocol
                    && listen.getPort() == other.listen.getPort()
                    && listen.getPort() != 0
                    && (listen.getAddress().isAnyLocalAddress()
                            || other.listen.getAddress().isAnyLocalAddress());
        }
    }

    /** Where a forward's next connection, or the flow of its next client, goes. */
    private static final class Destination {
        private volatile Target target;

        Destination(Target target) {
            this.target = target;
        }
    }

    /** One that is open. */
    private record Forward(Protocol protocol, Channel channel, Destination destination) {
        ForwardSpec spec() {
            return new ForwardSpec(protocol, (InetSocketAddress) channel.localAddress(), destination.target);
        }

        void close() {
            channel.close().awaitUninterruptibly();
        }
    }

    /**
     * Makes these the open forwards: an unchanged one keeps its listener, one with a new target sends its next connection
     * there, one that is gone stops accepting. What is connected goes on in each case; only the datagrams of a forward
     * that is gone have no way any more. Once the server has stopped accepting this does nothing.
     *
     * @param wanted each with a listen address of its own
     * @throws BindFailure for the first that does not open; then all is as it was
     */
    public synchronized void apply(List<ForwardSpec> wanted) throws BindFailure {
        if (closed) {
            return;
        }
        Map<Key, ForwardSpec> next = new LinkedHashMap<>();
        wanted.forEach(spec -> next.put(Key.of(spec), spec));
        Map<Key, Forward> stepAside = new LinkedHashMap<>(open);
        stepAside
                .keySet()
                .removeIf(key -> next.containsKey(key) || next.keySet().stream().noneMatch(key::isInTheWayOf));
        stepAside.values().forEach(Forward::close);
        Map<Key, Forward> added = new LinkedHashMap<>();
        try {
            for (ForwardSpec spec : wanted) {
                if (!open.containsKey(Key.of(spec))) {
                    added.put(Key.of(spec), open(spec));
                }
            }
        } catch (BindFailure e) {
            added.values().forEach(Forward::close);
            reopen(stepAside);
            throw e;
        }
        replaceBy(next, added);
        if (closed) {
            open.values().forEach(Forward::close);
        }
    }

    private void replaceBy(Map<Key, ForwardSpec> next, Map<Key, Forward> added) {
        Map<Key, Forward> before = open;
        Map<Key, Forward> after = new LinkedHashMap<>();
        next.forEach((key, spec) -> {
            Forward kept = before.get(key);
            if (kept == null) {
                after.put(key, added.get(key));
            } else {
                kept.destination().target = spec.target();
                after.put(key, kept);
            }
        });
        before.forEach((key, forward) -> {
            if (!after.containsKey(key)) {
                forward.close();
            }
        });
        open = after;
    }

    private void reopen(Map<Key, Forward> closedForOthers) {
        Map<Key, Forward> restored = new LinkedHashMap<>(open);
        closedForOthers.forEach((key, forward) -> {
            try {
                restored.put(key, open(new ForwardSpec(key.protocol(), key.listen(), forward.destination().target)));
            } catch (BindFailure e) {
                restored.remove(key);
                LOGGER.error("A forward is lost: {}", e.getMessage());
            }
        });
        open = restored;
    }

    private Forward open(ForwardSpec spec) throws BindFailure {
        var destination = new Destination(spec.target());
        Channel channel = switch (spec.protocol()) {
            case TCP ->
                listeners.open(
                        spec.listen(),
                        (pipeline, connection) ->
                                ForwardFrontEnd.install(pipeline, connection, connector, destination.target));
            case UDP -> sockets.open(spec.listen(), () -> destination.target);
        };
        return new Forward(spec.protocol(), channel, destination);
    }

    /** The forwards with the addresses and ports they got, in the order they were asked for. */
    public synchronized List<ForwardSpec> open() {
        return open.values().stream().map(Forward::spec).toList();
    }

    /** From now on {@link #apply} opens nothing. */
    void close() {
        closed = true;
    }
}
