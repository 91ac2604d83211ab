package dev.tailnet.agent.config;

import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.forward.ForwardSpec.Protocol;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the static forwards, {@code [tcp:|udp:][ADDR:]PORT=HOST:PORT}, and sees that each has an address of its own. */
final class ForwardSettings {
    private static final String TCP = "tcp:";
    private static final String UDP = "udp:";

    private final SettingReader reader;

    ForwardSettings(SettingReader reader) {
        this.reader = reader;
    }

    /** @param listeners take TCP ports too */
    List<ForwardSpec> read(Listeners listeners) {
        var items = reader.given(Setting.FORWARD).map(ListValues::items).orElse(List.of());
        var source = reader.source(Setting.FORWARD);
        var forwards = reader.each(items, source, ForwardSettings::parse);
        forwards.forEach(forward -> warnIfOpen(source, forward));
        rejectCollisions(source, forwards, listeners);
        reader.note(
                Setting.FORWARD, forwards.stream().map(ForwardSpec::toString).toList());
        return List.copyOf(forwards);
    }

    static ForwardSpec parse(String text) {
        var equals = text.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a forward: write [tcp:|udp:][ADDR:]PORT=HOST:PORT, as in 5432=db.internal:5432");
        }
        var listen = text.substring(0, equals);
        var protocol = listen.startsWith(UDP) ? Protocol.UDP : Protocol.TCP;
        if (listen.startsWith(TCP) || listen.startsWith(UDP)) {
            listen = listen.substring(TCP.length());
        }
        try {
            return new ForwardSpec(protocol, Addresses.parse(listen), Target.parse(text.substring(equals + 1)));
        } catch (IllegalArgumentException | ConnectFailure e) {
            throw new IllegalArgumentException("forward '" + text + "': " + e.getMessage(), e);
        }
    }

    private void warnIfOpen(Source source, ForwardSpec forward) {
        if (!forward.listen().getAddress().isLoopbackAddress()) {
            reader.findings()
                    .warning(
                            source,
                            AddressText.of(forward.listen())
                                    + " is open to the network: everybody who can reach it gets to "
                                    + forward.target());
        }
    }

    private void rejectCollisions(Source source, Iterable<ForwardSpec> forwards, Listeners listeners) {
        var before = new ArrayList<ForwardSpec>();
        for (var forward : forwards) {
            listeners(listeners, forward.protocol())
                    .filter(listener -> Addresses.collide(forward.listen(), listener))
                    .forEach(listener -> reader.findings()
                            .problem(source, isTaken(forward, "the listener on " + AddressText.of(listener))));
            before.stream()
                    .filter(other -> other.protocol() == forward.protocol()
                            && Addresses.collide(forward.listen(), other.listen()))
                    .findFirst()
                    .ifPresent(other -> reader.findings().problem(source, isTaken(forward, other.toString())));
            before.add(forward);
        }
    }

    private static Stream<InetSocketAddress> listeners(Listeners listeners, Protocol protocol) {
        return switch (protocol) {
            case TCP ->
                Stream.of(
                                listeners.mixed(),
                                listeners.socks5(),
                                listeners.http(),
                                listeners.dns(),
                                listeners.status().stream().toList())
                        .flatMap(List::stream);
            case UDP -> listeners.dns().stream();
        };
    }

    private static String isTaken(ForwardSpec forward, String by) {
        InetSocketAddress listen = forward.listen();
        return "forward to " + forward.target() + ": " + AddressText.of(listen) + " is taken by " + by;
    }
}
