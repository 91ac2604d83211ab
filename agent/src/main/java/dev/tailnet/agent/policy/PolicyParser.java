package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the keys of a policy, from a file of its own or a section of another. */
public final class PolicyParser {
    private static final String KEYS =
            "mode, default, default-inbound, private-direct, require-name, denied-names, close-denied and rules";

    private final String source;
    private final ItemReader items;
    private final RuleParser ruleParser;
    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, Rule> byName = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private Mode mode = Mode.ENFORCE;
    private Effect fallback = Effect.DENY;
    private Effect inboundFallback = Effect.ALLOW;
    private Effect privateDirect = Effect.DENY;
    private boolean requireName;
    private boolean hideNames;
    private boolean endDenied = true;

    /**
     * @param source names what is read in messages
     * @param problems gets everything that is wrong
     */
    public PolicyParser(String source, List<PolicyProblem> problems) {
        this.source = source;
        this.items = new ItemReader(problems);
        this.ruleParser = new RuleParser(source, items);
    }

    /** Reads to the end of the object that has just begun. */
    public void read(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            if (!seen.add(key)) {
                items.problem(parser, key + " was given before");
            }
            readKey(parser, key);
        }
    }

    public RuleSet rules() {
        return new RuleSet(
                source, mode, fallback, inboundFallback, privateDirect, requireName, hideNames, endDenied, rules);
    }

    void problem(JsonParser parser, String text) {
        items.problem(parser, text);
    }

    private void readKey(JsonParser parser, String key) {
        switch (key) {
            case "mode" ->
                mode = items.one(parser, key, text -> Words.of(Mode.class, text))
                        .orElse(mode);
            case "default" -> fallback = effect(parser, key, fallback);
            case "default-inbound" -> inboundFallback = effect(parser, key, inboundFallback);
            case "private-direct" -> privateDirect = effect(parser, key, privateDirect);
            case "require-name" ->
                requireName = items.one(parser, key, Words::bool).orElse(requireName);
            case "denied-names" ->
                hideNames = items.one(parser, key, PolicyParser::isHidden).orElse(hideNames);
            case "close-denied" ->
                endDenied = items.one(parser, key, Words::bool).orElse(endDenied);
            case "rules" -> readRules(parser);
            default -> {
                items.problem(parser, "unknown key '" + key + "': a policy has " + KEYS);
                parser.nextToken();
                parser.skipChildren();
            }
        }
    }

    private Effect effect(JsonParser parser, String key, Effect otherwise) {
        return items.one(parser, key, text -> Words.of(Effect.class, text)).orElse(otherwise);
    }

    private static boolean isHidden(String text) {
        return switch (text) {
            case "refused" -> false;
            case "nxdomain" -> true;
            default -> throw new IllegalArgumentException("'" + text + "' is none of refused, nxdomain");
        };
    }

    private void readRules(JsonParser parser) {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token != JsonToken.START_ARRAY) {
            items.problem(parser, "rules takes a list, each item beginning with '- name:'");
            parser.skipChildren();
            return;
        }
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            if (token != JsonToken.START_OBJECT) {
                items.problem(parser, "a rule has keys, the first of them name");
                parser.skipChildren();
                continue;
            }
            int line = parser.currentTokenLocation().getLineNr();
            int column = parser.currentTokenLocation().getColumnNr();
            ruleParser.read(parser, rules.size() + 1).ifPresent(rule -> add(rule, line, column));
        }
    }

    private void add(Rule rule, int line, int column) {
        Rule before = byName.putIfAbsent(rule.name(), rule);
        if (before == null) {
            rules.add(rule);
        } else {
            items.problem(line, column, "rule '" + rule.name() + "' has the name of the one at " + before.where());
        }
    }
}
