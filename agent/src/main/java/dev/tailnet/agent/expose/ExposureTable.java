package dev.tailnet.agent.expose;

import dev.tailnet.agent.config.ExposeSpec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What is exposed in the words of the library ({@code tailnet_expose}). */
final class ExposureTable {
    private ExposureTable() {}

    static List<String> lines(
            List<ExposeSpec> specs, int limit, boolean judged, Collection<InetSocketAddress> ownListeners) {
        if (specs.isEmpty()) {
            return judged
                    ? List.of("judged")
                    : List.of(); // what comes for a network behind this node is judged all the same
        }
        List<String> lines = new ArrayList<>(List.of("limit " + limit));
        if (judged) {
            lines.add("judged");
        }
        for (ExposeSpec spec : specs) {
            lines.add(line(spec));
        }
        if (specs.stream().anyMatch(ExposeSpec::isAll)) {
            var ports = new TreeSet<Integer>();
            ownListeners.forEach(listener -> ports.add(listener.getPort()));
            for (int port : ports) {
                for (ExposeSpec.Protocol protocol : ExposeSpec.Protocol.values()) {
                    lines.add(name(protocol) + " " + port + " private");
                }
            }
        }
        return lines;
    }

    private static String line(ExposeSpec spec) {
        var line = new StringBuilder(name(spec.protocol()))
                .append(' ')
                .append(spec.isAll() ? "all" : String.valueOf(spec.port()))
                .append(' ')
                .append(spec.targetText());
        spec.from().forEach(peer -> line.append(" from=").append(peer));
        return line.append(spec.proxyProtocol() ? " proxy-protocol" : "").toString();
    }

    private static String name(ExposeSpec.Protocol protocol) {
        return protocol.name().toLowerCase(Locale.ROOT);
    }
}
