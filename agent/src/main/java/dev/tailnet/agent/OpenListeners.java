package dev.tailnet.agent;

import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.proxy.server.ListenerSpec;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where this agent listens, as it came about. */
final class OpenListeners {
    private static final Logger LOGGER = LoggerFactory.getLogger(OpenListeners.class);

    private final List<Listener> shown = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> addresses = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> dns = new CopyOnWriteArrayList<>();
    private volatile boolean accepting;
    private volatile Runnable changed = () -> {};

    /** Has this run after each change of {@link #addresses}. */
    void onChange(Runnable listener) {
        changed = listener;
    }

    void add(ListenerSpec listener) {
        add(name(listener.kind()), listener.address());
        accepting = true;
    }

    void addStatus(InetSocketAddress address) {
        add("status", address);
    }

    void addControl(Path socket) {
        shown.add(new Listener("control", socket.toString()));
    }

    void addDns(InetSocketAddress address) {
        add("dns", address);
        dns.addAll(everyAddress(address));
    }

    private void add(String kind, InetSocketAddress address) {
        shown.add(new Listener(kind, Endpoints.show(address)));
        addresses.addAll(everyAddress(address));
        changed.run();
    }

    private static List<InetSocketAddress> everyAddress(InetSocketAddress address) {
        List<InetSocketAddress> every = new ArrayList<>(List.of(address));
        if (address.getAddress().isAnyLocalAddress()) {
            try {
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .forEach(own -> every.add(new InetSocketAddress(own, address.getPort())));
            } catch (SocketException e) {
                LOGGER.warn("This machine's addresses cannot be listed: {}", e.getMessage());
            }
        }
        return every;
    }

    /** The proxies no longer accept connections. */
    void close() {
        accepting = false;
    }

    boolean accepting() {
        return accepting;
    }

    /** As {@code /status} shows them. */
    List<Listener> shown() {
        return List.copyOf(shown);
    }

    /** For telling a target that is this agent itself; one on all addresses is listed with each of them. */
    List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** The DNS listeners, for telling a DNS server that is this agent itself; listed likewise. */
    List<InetSocketAddress> dns() {
        return dns;
    }

    static String name(ListenerSpec.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
