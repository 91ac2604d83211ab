package dev.tailnet.agent.cli;

import java.util.List;
import java.util.TreeMap;

/** The LocalAPI's answer to {@code whois} for a person, as tailscale's command line puts it. */
final class WhoisText {
    private static final int LEAST_WIDTH = 10;
    private static final int GAP = 5;
    private static final int OWN_ADDRESSES = 2;

    private final StringBuilder text = new StringBuilder();

    private WhoisText() {}

    static String print(Json who) {
        var printer = new WhoisText();
        printer.node(who.object("Node"));
        if (who.object("Node").texts("Tags").isEmpty()) {
            printer.user(who.object("UserProfile"));
        }
        printer.capabilities(who.object("CapMap"));
        return printer.text.toString();
    }

    private void node(Json node) {
        var allowed = node.texts("AllowedIPs");
        var width = width(allowed.size() > OWN_ADDRESSES ? "AllowedIPs" : "Addresses");
        line("Machine:");
        row("Name", node.text("Name").orElse("").replaceAll("\\.$", ""), width);
        row("ID", node.text("StableID").orElse(""), width);
        row("Addresses", list(node.texts("Addresses")), width);
        if (allowed.size() > OWN_ADDRESSES) {
            row("AllowedIPs", list(allowed.subList(OWN_ADDRESSES, allowed.size())), width);
        }
        if (!node.texts("Tags").isEmpty()) {
            row("Tags", String.join(", ", node.texts("Tags")), width);
        }
    }

    private void user(Json profile) {
        line("User:");
        row("Name", profile.text("LoginName").orElse(""), width("Name"));
        row("ID", profile.text("ID").orElse("0"), width("Name"));
    }

    private void capabilities(Json capabilities) {
        if (capabilities.members().isEmpty()) {
            return;
        }
        line("Capabilities:");
        new TreeMap<>(capabilities.members()).forEach((name, values) -> {
            if (values instanceof List<?> list && !list.isEmpty()) {
                line("  - " + name + ":");
                line("      " + JsonWriter.write(list, "  ").replace("\n", "\n      "));
            } else {
                line("  - " + name);
            }
        });
    }

    private static int width(String widest) {
        return Math.max(LEAST_WIDTH, cell(widest).length() + GAP);
    }

    private void row(String label, String value, int width) {
        line(cell(label) + " ".repeat(width - cell(label).length()) + value);
    }

    private static String cell(String label) {
        return "  " + label + ":";
    }

    /** As Go prints a slice. */
    private static String list(List<String> items) {
        return "[" + String.join(" ", items) + "]";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
