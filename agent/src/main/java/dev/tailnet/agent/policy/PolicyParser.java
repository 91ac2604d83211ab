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
    private final RuleBudget budget;
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
        this(source, problems, new RuleBudget(Runtime.getRuntime().maxMemory(), 0));
    }

    /** @param budget that the rules have to keep within */
    PolicyParser(String source, List<PolicyProblem> problems, RuleBudget budget) {
        this.source = source;
        this.budget = budget;
        this.items = new ItemReader(problems);
        this.ruleParser = new RuleParser(source, items);
    }

    /** Reads to the end of the object that has just begun. */
    public void read(JsonParser parser) {
        read(new YamlTokens(parser));
    }

    void read(Tokens tokens) {
        while (tokens.next() == JsonToken.PROPERTY_NAME) {
            String key = tokens.name();
            if (!seen.add(key)) {
                items.problem(tokens, key + " was given before");
            }
            readKey(tokens, key);
        }
    }

    public RuleSet rules() {
        return new RuleSet(
                source, mode, fallback, inboundFallback, privateDirect, requireName, hideNames, endDenied, rules);
    }

    void problem(Tokens tokens, String text) {
        items.problem(tokens, text);
    }

    private void readKey(Tokens tokens, String key) {
        switch (key) {
            case "mode" ->
                mode = items.one(tokens, key, text -> Words.of(Mode.class, text))
                        .orElse(mode);
            case "default" -> fallback = effect(tokens, key, fallback);
            case "default-inbound" -> inboundFallback = effect(tokens, key, inboundFallback);
            case "private-direct" -> privateDirect = effect(tokens, key, privateDirect);
            case "require-name" ->
                requireName = items.one(tokens, key, Words::bool).orElse(requireName);
            case "denied-names" ->
                hideNames = items.one(tokens, key, PolicyParser::isHidden).orElse(hideNames);
            case "close-denied" ->
                endDenied = items.one(tokens, key, Words::bool).orElse(endDenied);
            case "rules" -> readRules(tokens);
            default -> {
                items.problem(tokens, "unknown key '" + key + "': a policy has " + KEYS);
                tokens.next();
                tokens.skipChildren();
            }
        }
    }

    private Effect effect(Tokens tokens, String key, Effect otherwise) {
        return items.one(tokens, key, text -> Words.of(Effect.class, text)).orElse(otherwise);
    }

    private static boolean isHidden(String text) {
        return switch (text) {
            case "refused" -> false;
            case "nxdomain" -> true;
            default -> throw new IllegalArgumentException("'" + text + "' is none of refused, nxdomain");
        };
    }

    private void readRules(Tokens tokens) {
        JsonToken token = tokens.next();
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token != JsonToken.START_ARRAY) {
            items.problem(tokens, "rules takes a list, each item beginning with '- name:'");
            tokens.skipChildren();
            return;
        }
        int number = 0;
        while ((token = tokens.next()) != JsonToken.END_ARRAY) {
            number++;
            if (token != JsonToken.START_OBJECT) {
                items.problem(tokens, "a rule has keys, the first of them name");
                tokens.skipChildren();
                continue;
            }
            int line = tokens.line();
            int column = tokens.column();
            ruleParser.read(tokens, number).ifPresent(rule -> add(rule, line, column));
        }
    }

    private void add(Rule rule, int line, int column) {
        Rule before = byName.putIfAbsent(rule.name(), rule);
        if (before == null) {
            budget.take(rule);
            rules.add(rule);
        } else {
            items.problem(line, column, "rule '" + rule.name() + "' has the name of the one at " + before.where());
        }
    }
}
