package dev.tailnet.agent.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The JSON of {@code /status} for a person: the node, its peers, listeners and connections. */
final class StatusText {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private StatusText() {}

    static String print(Json status, StatusDetail detail) {
        var text = new StringBuilder();
        row(text, "State", state(status));
        row(text, "Node", node(status));
        row(text, "Addresses", String.join(", ", status.texts("addresses")));
        row(text, "Tags", String.join(", ", status.texts("tags")));
        row(text, "Key expires", status.text("keyExpiry").orElse(""));
        row(text, "Control server", status.text("controlServer").orElse(""));
        row(text, "DERP home", status.text("derpHome").orElse(""));
        status.texts("warnings").forEach(warning -> row(text, "Warning", warning));
        for (var listener : status.objects("listeners")) {
            row(
                    text,
                    "Listening",
                    listener.text("address").orElse("") + "  "
                            + listener.text("kind").orElse("")
                            + listener.text("target")
                                    .map(target -> " to " + target)
                                    .orElse(""));
        }
        row(text, "Connections", connections(status.object("connections")));
        exposed(text, status);
        audit(text, status.object("audit"));
        row(text, "Version", version(status.object("version")));
        row(text, "Up", status.text("uptimeSeconds").map(StatusText::duration).orElse(""));
        var peers = detail.peers(status);
        if (!peers.isEmpty()) {
            text.append(System.lineSeparator()).append(PeerTable.print(peers, detail.isVerbose()));
        }
        return text.toString();
    }

    /** The state, and the reason if it is not running. */
    static String state(Json status) {
        var state = status.text("state").orElse("unknown");
        return status.text("reason").map(reason -> state + ": " + reason).orElse(state);
    }

    private static void row(StringBuilder text, String label, String value) {
        if (!value.isEmpty()) {
            text.append(String.format(Locale.ROOT, "%-16s%s%n", label + ":", value));
        }
    }

    private static String node(Json status) {
        return Stream.of("dnsName", "name", "hostname")
                .map(status::text)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse("");
    }

    private static String connections(Json connections) {
        return connections
                .text("tunnels")
                .map(open -> open + " open, " + connections.text("waiting").orElse("0") + " waiting, "
                        + connections.text("accepted").orElse("0") + " accepted; "
                        + bytes(connections, "bytesUp") + " up, " + bytes(connections, "bytesDown") + " down")
                .orElse("");
    }

    private static void exposed(StringBuilder text, Json status) {
        var exposed = status.objects("exposed");
        for (var service : exposed) {
            var from = service.texts("from");
            row(
                    text,
                    "Exposed",
                    service.text("port").orElse("") + " to "
                            + service.text("target").orElse("")
                            + (from.isEmpty() ? "" : ", from " + String.join(", ", from))
                            + (service.isTrue("proxyProtocol") ? ", PROXY protocol" : ""));
        }
        if (!exposed.isEmpty()) {
            var inbound = status.object("inbound");
            row(
                    text,
                    "Inbound",
                    inbound.text("open").orElse("0") + " open, "
                            + inbound.text("accepted").orElse("0") + " accepted, "
                            + inbound.text("refused").orElse("0") + " refused; " + bytes(inbound, "bytesUp") + " up, "
                            + bytes(inbound, "bytesDown") + " down");
        }
    }

    private static void audit(StringBuilder text, Json audit) {
        audit.text("log")
                .ifPresent(log -> row(
                        text,
                        "Audit",
                        log + "; " + audit.text("written").orElse("0") + " lines, "
                                + audit.text("lost").orElse("0") + " lost"
                                + audit.text("trouble")
                                        .map(trouble -> "; " + trouble)
                                        .orElse("")));
    }

    private static String version(Json version) {
        return Stream.of(
                        version.text("agent"),
                        version.text("tailscale"),
                        version.text("java").map(java -> "Java " + java))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(", "));
    }

    /** {@code 1.5 MB}. */
    static String bytes(Json object, String name) {
        double amount = object.text(name).map(StatusText::number).orElse(0L);
        var unit = 0;
        while (amount >= 1000 && unit < UNITS.length - 1) {
            amount /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }

    private static String duration(String seconds) {
        var total = number(seconds);
        var text = new StringBuilder();
        if (total >= 86_400) {
            text.append(total / 86_400).append(" d ");
        }
        if (total >= 3600) {
            text.append(total / 3600 % 24).append(" h ");
        }
        if (total >= 60) {
            text.append(total / 60 % 60).append(" min ");
        }
        return text.append(total % 60).append(" s").toString();
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
