package dev.tailnet.agent;

import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.server.ListenerSpec;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where this agent listens, as it came about. */
final class OpenListeners {
    private static final Logger LOGGER = LoggerFactory.getLogger(OpenListeners.class);

    private final List<Listener> lasting = new ArrayList<>();
    private final List<InetSocketAddress> lastingAddresses = new ArrayList<>();
    private final List<InetSocketAddress> dns = new CopyOnWriteArrayList<>();
    private List<ForwardSpec> forwards = List.of();
    private volatile List<Listener> shown = List.of();
    private volatile List<InetSocketAddress> addresses = List.of();
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
        add("control", socket);
    }

    void addLocalApi(Path socket) {
        add("localapi", socket);
    }

    private synchronized void add(String kind, Path socket) {
        lasting.add(new Listener(kind, socket.toString(), null));
        publish();
    }

    void addDns(InetSocketAddress address) {
        add("dns", address);
        dns.addAll(every(address).toList());
    }

    /** These are the forwards from now on, with the addresses they got. */
    synchronized void forwards(List<ForwardSpec> open) {
        forwards = List.copyOf(open);
        publish();
    }

    private synchronized void add(String kind, InetSocketAddress address) {
        lasting.add(new Listener(kind, AddressText.of(address), null));
        lastingAddresses.add(address);
        publish();
    }

    private void publish() {
        shown = Stream.concat(
                        lasting.stream(),
                        forwards.stream()
                                .map(forward -> new Listener(
                                        name(forward.protocol()),
                                        AddressText.of(forward.listen()),
                                        forward.target().toString())))
                .toList();
        addresses = Stream.concat(lastingAddresses.stream(), forwards.stream().map(ForwardSpec::listen))
                .flatMap(OpenListeners::every)
                .toList();
        changed.run();
    }

    private static Stream<InetSocketAddress> every(InetSocketAddress address) {
        if (!address.getAddress().isAnyLocalAddress()) {
            return Stream.of(address);
        }
        try {
            return Stream.concat(
                    Stream.of(address),
                    NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .map(own -> new InetSocketAddress(own, address.getPort())));
        } catch (SocketException e) {
            LOGGER.warn("This machine's addresses cannot be listed: {}", e.getMessage());
            return Stream.of(address);
        }
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
        return shown;
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

    private static String name(ForwardSpec.Protocol protocol) {
        return switch (protocol) {
            case TCP -> "forward";
            case UDP -> "forward-udp";
        };
    }
}
