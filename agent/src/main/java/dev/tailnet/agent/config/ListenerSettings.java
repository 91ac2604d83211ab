package dev.tailnet.agent.config;

import dev.tailnet.proxy.request.AddressText;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the listeners and makes one set of them that can be bound. SOCKS5 and HTTP on one address, as tailscaled's
 * users write it, are one listener for both; the default listener gives way to one asked for on its port.
 */
final class ListenerSettings {
    /** In place of an address: do not listen. */
    private static final String NONE = "none";

    private static final String DEFAULT_MIXED = "127.0.0.1:1055";
    private static final String DEFAULT_STATUS = "127.0.0.1:9002";

    private final SettingReader reader;

    ListenerSettings(SettingReader reader) {
        this.reader = reader;
    }

    Listeners read() {
        var mixed = read(Setting.LISTEN, List.of(DEFAULT_MIXED));
        var socks5 = read(Setting.SOCKS5_LISTEN, List.of());
        var http = read(Setting.HTTP_LISTEN, List.of());
        var dns = read(Setting.DNS_LISTEN, List.of());
        var status = read(Setting.STATUS_LISTEN, List.of(DEFAULT_STATUS));

        var isForBoth = new LinkedHashSet<>(socks5);
        isForBoth.retainAll(http);
        isForBoth.removeIf(address -> address.getPort() == 0);
        if (reader.given(Setting.LISTEN).isEmpty()) {
            mixed.removeIf(standard -> isCoveredByWildcard(standard, socks5) || isCoveredByWildcard(standard, http));
        }
        mixed.addAll(isForBoth);
        socks5.removeAll(fixedPorts(mixed));
        http.removeAll(fixedPorts(mixed));

        rejectCollisions(List.of(
                Map.entry(Setting.LISTEN, mixed),
                Map.entry(Setting.SOCKS5_LISTEN, socks5),
                Map.entry(Setting.HTTP_LISTEN, http),
                Map.entry(Setting.DNS_LISTEN, dns),
                Map.entry(Setting.STATUS_LISTEN, status)));
        note(Setting.LISTEN, mixed);
        note(Setting.SOCKS5_LISTEN, socks5);
        note(Setting.HTTP_LISTEN, http);
        note(Setting.DNS_LISTEN, dns);
        note(Setting.STATUS_LISTEN, status);
        return new Listeners(
                List.copyOf(mixed),
                List.copyOf(socks5),
                List.copyOf(http),
                List.copyOf(dns),
                status.stream().findFirst());
    }

    private Set<InetSocketAddress> read(Setting setting, List<String> fallback) {
        var items = reader.given(setting).map(ListValues::items).orElse(fallback);
        if (items.equals(List.of(NONE))) {
            return new LinkedHashSet<>();
        }
        var addresses = reader.each(items, reader.source(setting), item -> {
            var address = Addresses.parse(item);
            warnIfOpen(setting, item, address);
            return address;
        });
        if (setting == Setting.STATUS_LISTEN && items.size() > 1) {
            reader.findings().problem(reader.source(setting), "takes one address");
        }
        return addresses;
    }

    private void warnIfOpen(Setting setting, String item, InetSocketAddress address) {
        if (!address.getAddress().isLoopbackAddress()) {
            reader.findings()
                    .warning(
                            reader.source(setting),
                            switch (setting) {
                                case STATUS_LISTEN -> item + " shows the node's status to everybody who can reach it";
                                case DNS_LISTEN -> item + " tells the tailnet's names to everybody who can reach it";
                                default ->
                                    item
                                            + " opens the proxy to the network: everybody who can reach it is on the tailnet";
                            });
        }
    }

    private static boolean isCoveredByWildcard(InetSocketAddress standard, Set<InetSocketAddress> asked) {
        return asked.stream()
                .anyMatch(address -> address.getAddress().isAnyLocalAddress() && Addresses.collide(standard, address));
    }

    private static Set<InetSocketAddress> fixedPorts(Set<InetSocketAddress> addresses) {
        var fixed = new LinkedHashSet<>(addresses);
        fixed.removeIf(address -> address.getPort() == 0);
        return fixed;
    }

    private void rejectCollisions(List<Map.Entry<Setting, Set<InetSocketAddress>>> listeners) {
        record Bound(Setting setting, InetSocketAddress address) {}
        var before = new ArrayList<Bound>();
        for (var listener : listeners) {
            for (var address : listener.getValue()) {
                before.stream()
                        .filter(bound -> Addresses.collide(bound.address(), address))
                        .findFirst()
                        .ifPresent(bound -> reader.findings()
                                .problem(
                                        reader.source(listener.getKey()),
                                        AddressText.of(address) + " is taken by "
                                                + bound.setting().key() + " " + AddressText.of(bound.address()) + ", "
                                                + reader.source(bound.setting())));
                before.add(new Bound(listener.getKey(), address));
            }
        }
    }

    private void note(Setting setting, Set<InetSocketAddress> addresses) {
        var values = addresses.stream().map(AddressText::of).toList();
        var isOff = values.isEmpty() && (setting == Setting.LISTEN || setting == Setting.STATUS_LISTEN);
        reader.note(setting, isOff ? List.of(NONE) : values);
    }
}
