package dev.tailnet.agent.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** As much of JSON Schema (2020-12) as this project's schemas use; a keyword beyond that is an error of the test. */
public final class JsonSchema {
    private static final List<String> WORDS = List.of("$schema", "$id", "title", "description", "$defs");

    private final JsonNode root;

    private JsonSchema(JsonNode root) {
        this.root = root;
    }

    public static JsonSchema parse(String text) {
        return new JsonSchema(JsonMapper.shared().readTree(text));
    }

    /** Says where a document is not as it should be; nothing when it is. */
    public List<String> problems(JsonNode document) {
        List<String> problems = new ArrayList<>();
        check(root, document, "", problems);
        return problems;
    }

    private void check(JsonNode schema, JsonNode value, String at, List<String> problems) {
        for (String keyword : schema.propertyNames()) {
            JsonNode rule = schema.get(keyword);
            switch (keyword) {
                case "$ref" -> check(resolve(rule.asString()), value, at, problems);
                case "oneOf" -> oneOf(rule, value, at, problems);
                case "const" -> require(rule.equals(value), at, value + " is not " + rule, problems);
                case "enum" -> require(contains(rule, value), at, value + " is none of " + rule, problems);
                case "type" -> require(isOfType(rule, value), at, value + " is not of type " + rule, problems);
                case "pattern" ->
                    require(
                            !value.isString()
                                    || Pattern.compile(rule.asString())
                                            .matcher(value.asString())
                                            .find(),
                            at,
                            value + " does not match " + rule,
                            problems);
                case "minimum" ->
                    require(
                            !value.isNumber() || value.asDouble() >= rule.asDouble(),
                            at,
                            value + " is less than " + rule,
                            problems);
                case "maximum" ->
                    require(
                            !value.isNumber() || value.asDouble() <= rule.asDouble(),
                            at,
                            value + " is more than " + rule,
                            problems);
                case "items" -> {
                    for (int i = 0; value.isArray() && i < value.size(); i++) {
                        check(rule, value.get(i), at + "/" + i, problems);
                    }
                }
                case "properties" ->
                    rule.properties().forEach(property -> {
                        JsonNode member = value.get(property.getKey());
                        if (member != null) {
                            check(property.getValue(), member, at + "/" + property.getKey(), problems);
                        }
                    });
                case "required" ->
                    rule.forEach(name ->
                            require(!value.isObject() || value.has(name.asString()), at, "no " + name, problems));
                case "additionalProperties" ->
                    value.propertyNames()
                            .forEach(name -> require(
                                    rule.asBoolean()
                                            || schema.path("properties").has(name),
                                    at,
                                    name + " is unknown",
                                    problems));
                default -> {
                    if (!WORDS.contains(keyword)) {
                        throw new IllegalStateException("the schema has a keyword that this does not know: " + keyword);
                    }
                }
            }
        }
    }

    private void oneOf(JsonNode alternatives, JsonNode value, String at, List<String> problems) {
        List<List<String>> all = new ArrayList<>();
        for (JsonNode alternative : alternatives) {
            List<String> its = new ArrayList<>();
            check(alternative, value, at, its);
            all.add(its);
        }
        long fitting = all.stream().filter(List::isEmpty).count();
        require(fitting == 1, at, "fits " + fitting + " alternatives: " + all, problems);
    }

    private JsonNode resolve(String reference) {
        JsonNode found = root.at(reference.substring(1));
        if (found.isMissingNode()) {
            throw new IllegalStateException("the schema has no " + reference);
        }
        return found;
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        return values.valueStream().anyMatch(value::equals);
    }

    private static boolean isOfType(JsonNode types, JsonNode value) {
        return types.isArray()
                ? types.valueStream().anyMatch(type -> isOfType(type, value))
                : switch (types.asString()) {
                    case "object" -> value.isObject();
                    case "array" -> value.isArray();
                    case "string" -> value.isString();
                    case "integer" -> value.isIntegralNumber();
                    case "number" -> value.isNumber();
                    case "boolean" -> value.isBoolean();
                    case "null" -> value.isNull();
                    default -> throw new IllegalStateException("the schema has an unknown type: " + types);
                };
    }

    private static void require(boolean right, String at, String problem, List<String> problems) {
        if (!right) {
            problems.add((at.isEmpty() ? "/" : at) + ": " + problem);
        }
    }
}
