package dev.tailnet.agent.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A policy that allows what an audit log shows: each name by that name, whatever it resolved to, and each address that was asked
 * for as such by who asks for it so again, on the ports and for the users it was seen with. What a rule denied, or would have, is left out and named in a comment.
 */
public final class LearnedPolicy {
    private static final String DEFAULT_RULE = "default";

    private final JsonFactory json = new JsonFactory();
    private final SortedMap<Use, Destinations> uses = new TreeMap<>(
            Comparator.comparing(Use::role).thenComparing(Use::protocol).thenComparingInt(Use::port));
    private final SortedSet<String> left = new TreeSet<>();
    private int lines;
    private int all;
    private int unread;

    /** How destinations were used. */
    private record Use(String role, String protocol, int port) {}

    private record Destinations(SortedSet<String> hosts, SortedSet<String> cidrs) {
        Destinations() {
            this(new TreeSet<>(), new TreeSet<>());
        }
    }

    /** Takes one line of the log; what is not a decision is passed over. */
    public void read(String line) {
        if (line.isBlank()) {
            return;
        }
        all++;
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), line)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                learn(texts(parser));
            }
        } catch (JacksonException | NumberFormatException e) {
            unread++;
        }
    }

    private static Map<String, String> texts(JsonParser parser) {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token.isStructStart()) {
                parser.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                texts.put(key, parser.getString());
            }
        }
        return texts;
    }

    private void learn(Map<String, String> line) {
        String host = line.get("host");
        boolean isInbound = line.getOrDefault("protocol", "").startsWith("inbound");
        if (!"decision".equals(line.get("event")) || host == null || isInbound) {
            return; // what comes in is for --expose to say
        }
        lines++;
        int port = Integer.parseInt(line.getOrDefault("port", "0"));
        String rule = line.get("rule");
        boolean denied =
                "deny".equals(line.get("decision")) || (line.containsKey("wouldDeny") && !DEFAULT_RULE.equals(rule));
        if (denied) {
            left.add(host + " port " + port + (rule == null ? "" : ", rule " + rule));
            return;
        }
        var use = new Use(line.getOrDefault("role", ""), protocol(line.get("protocol")), port);
        Destinations seen = uses.computeIfAbsent(use, first -> new Destinations());
        (line.containsKey("name") ? seen.hosts() : seen.cidrs()).add(host);
    }

    private static String protocol(@Nullable String seen) {
        return seen != null && seen.endsWith("_udp") ? "udp" : "tcp";
    }

    /** Whether there was anything but lines of something else. */
    public boolean isOfAnAuditLog() {
        return all == 0 || unread < all;
    }

    /** @param source names the log in the file */
    public String yaml(String source) {
        var yaml = new StringBuilder("# Learned from " + lines + " requests in " + source + ".\n");
        if (unread > 0) {
            yaml.append("# ").append(unread).append(" lines were not JSON.\n");
        }
        left.forEach(what ->
                yaml.append("# Left out, as it was denied: ").append(what).append('\n'));
        yaml.append("mode: enforce\ndefault: deny\n");
        yaml.append(uses.isEmpty() ? "rules: []\n" : "rules:\n");
        uses.forEach((use, destinations) -> rule(yaml, use, destinations));
        return yaml.toString();
    }

    /** Names and addresses apart: an address that was once asked for is no reason to let every name pass that leads there. */
    private static void rule(StringBuilder yaml, Use use, Destinations destinations) {
        if (!destinations.hosts().isEmpty()) {
            rule(yaml, use, "", "hosts", destinations.hosts(), "");
        }
        if (!destinations.cidrs().isEmpty()) {
            rule(yaml, use, "-by-address", "cidrs", destinations.cidrs(), "    by-address: true\n");
        }
    }

    private static void rule(
            StringBuilder yaml, Use use, String suffix, String key, Collection<String> items, String condition) {
        String role = use.role().isEmpty() ? "" : "-" + use.role().replaceAll("[^A-Za-z0-9]", "_");
        yaml.append("  - name: learned")
                .append(role)
                .append('-')
                .append(use.protocol())
                .append('-')
                .append(use.port())
                .append(suffix);
        yaml.append("\n    action: allow\n");
        list(yaml, key, items);
        yaml.append(condition);
        yaml.append("    ports: ").append(use.port()).append('\n');
        yaml.append("    protocols: ").append(use.protocol()).append('\n');
        if (!use.role().isEmpty()) {
            yaml.append("    roles: ").append(quoted(use.role())).append('\n');
        }
    }

    private static void list(StringBuilder yaml, String key, Collection<String> items) {
        yaml.append("    ").append(key).append(": [");
        yaml.append(items.stream().map(LearnedPolicy::quoted).collect(Collectors.joining(", ")));
        yaml.append("]\n");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
