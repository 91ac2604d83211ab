package dev.tailnet.agent.config;

import dev.tailnet.agent.config.Configuration.Effective;
import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.forward.ForwardSpec.Protocol;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the static forwards, {@code [tcp:|udp:][ADDR:]PORT=HOST:PORT}, and sees that each has an address of its own. */
final class ForwardSettings {
    private static final String TCP = "tcp:";
    private static final String UDP = "udp:";

    private final Map<Setting, Given> given;
    private final Findings findings;
    private final Map<Setting, Effective> effective;

    ForwardSettings(Map<Setting, Given> given, Findings findings, Map<Setting, Effective> effective) {
        this.given = given;
        this.findings = findings;
        this.effective = effective;
    }

    /** @param listeners take TCP ports too */
    List<ForwardSpec> read(Listeners listeners) {
        var asked = given.get(Setting.FORWARD);
        if (asked == null) {
            effective.put(Setting.FORWARD, new Effective(Setting.FORWARD, List.of(), Source.DEFAULT.text()));
            return List.of();
        }
        var forwards = new LinkedHashSet<ForwardSpec>();
        for (var item : ListValues.items(asked)) {
            try {
                forwards.add(parse(item));
            } catch (IllegalArgumentException e) {
                findings.problem(asked.source(), String.valueOf(e.getMessage()));
            }
        }
        forwards.forEach(forward -> warnIfOpen(asked.source(), forward));
        rejectCollisions(asked.source(), forwards, listeners);
        var shown = forwards.stream().map(ForwardSpec::toString).toList();
        effective.put(
                Setting.FORWARD,
                new Effective(Setting.FORWARD, shown, asked.source().text()));
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
            findings.warning(
                    source,
                    Addresses.format(forward.listen()) + " is open to the network: everybody who can reach it gets to "
                            + forward.target());
        }
    }

    private void rejectCollisions(Source source, Iterable<ForwardSpec> forwards, Listeners listeners) {
        var before = new ArrayList<ForwardSpec>();
        for (var forward : forwards) {
            listeners(listeners, forward.protocol())
                    .filter(listener -> Addresses.collide(forward.listen(), listener))
                    .forEach(listener -> findings.problem(
                            source, isTaken(forward, "the listener on " + Addresses.format(listener))));
            before.stream()
                    .filter(other -> other.protocol() == forward.protocol()
                            && Addresses.collide(forward.listen(), other.listen()))
                    .findFirst()
                    .ifPresent(other -> findings.problem(source, isTaken(forward, other.toString())));
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
        return "forward to " + forward.target() + ": " + Addresses.format(listen) + " is taken by " + by;
    }
}
