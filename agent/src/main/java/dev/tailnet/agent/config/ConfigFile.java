package dev.tailnet.agent.config;

import dev.tailnet.agent.policy.PolicyParser;
import dev.tailnet.agent.policy.PolicyProblem;
import dev.tailnet.agent.policy.YamlTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads a YAML file that maps the names of the flags to a value or a list of values, line by line. */
final class ConfigFile {
    private final Path file;
    private final Findings findings;
    private final List<Given> given = new ArrayList<>();
    private final Map<Setting, Integer> lines = new HashMap<>();
    private Optional<PolicySection> policy = Optional.empty();

    private ConfigFile(Path file, Findings findings) {
        this.file = file;
        this.findings = findings;
    }

    /**
     * What a file gives.
     *
     * @param policy the rules that stand in the file itself
     */
    record Content(List<Given> given, Optional<PolicySection> policy) {}

    /** Returns what the file gives; everything wrong with it goes to the findings. */
    static Content read(Path file, Source source, Findings findings) {
        var reader = new ConfigFile(file, findings);
        try {
            var text = Files.readString(file);
            try (var parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
                reader.readDocument(parser);
            }
        } catch (NoSuchFileException e) {
            findings.problem(source, file + " does not exist");
        } catch (IOException e) {
            findings.problem(source, file + " cannot be read: " + Causes.of(e));
        } catch (JacksonException e) {
            var line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            findings.problem(Source.line(file, line), YamlTrouble.explain(e.getOriginalMessage()));
        }
        return new Content(reader.given, reader.policy);
    }

    private void readDocument(JsonParser parser) {
        var token = parser.nextToken();
        if (token == null) {
            return;
        }
        if (token != JsonToken.START_OBJECT) {
            findings.problem(line(parser), "expected KEY: VALUE lines, as in listen: 127.0.0.1:1055");
            return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            readEntry(parser);
        }
        if (parser.nextToken() != null) {
            findings.problem(line(parser), "a second document: only one is read");
        }
    }

    private void readEntry(JsonParser parser) {
        var key = parser.currentName();
        var source = line(parser);
        var setting = Arrays.stream(Setting.values())
                .filter(known -> known.isFileKey() && known.isCalled(key))
                .findFirst();
        if (setting.isEmpty()) {
            findings.problem(source, "unknown key '" + key + "'" + Suggestions.phrase(key, knownKeys()));
        } else {
            var before = lines.putIfAbsent(
                    setting.get(), parser.currentTokenLocation().getLineNr());
            if (before != null) {
                findings.problem(source, key + " was given before, on line " + before);
            }
        }
        parser.nextToken();
        if (setting.equals(Optional.of(Setting.POLICY)) && parser.currentToken() == JsonToken.START_OBJECT) {
            readPolicy(parser, source);
            return;
        }
        var values = readValues(
                parser, key, source, setting.filter(Setting::takesObjects).isPresent());
        if (setting.isPresent() && !values.isEmpty()) {
            if (values.size() > 1 && !setting.get().isList()) {
                findings.problem(source, key + " takes one value, not a list");
            } else {
                given.add(new Given(setting.get(), values, source));
            }
        }
    }

    private void readPolicy(JsonParser parser, Source source) {
        List<PolicyProblem> problems = new ArrayList<>();
        var policyParser = new PolicyParser(file.toString(), problems);
        long start = System.nanoTime();
        policyParser.read(parser);
        var reading = Duration.ofNanos(System.nanoTime() - start);
        problems.forEach(problem -> findings.problem(file.getFileName() + " " + problem));
        policy = Optional.of(new PolicySection(policyParser.rules(), file, reading));
        given.add(Given.of(Setting.POLICY, file.toString(), source));
    }

    private List<String> readValues(JsonParser parser, String key, Source source, boolean takesObjects) {
        var token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            var values = new ArrayList<String>();
            while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
                var value = token == JsonToken.START_OBJECT && takesObjects
                        ? ExposeObject.read(parser, this::line, findings)
                        : readScalar(parser, token, key);
                value.ifPresent(values::add);
            }
            return values;
        }
        if (token == JsonToken.START_OBJECT && takesObjects) {
            return ExposeObject.read(parser, this::line, findings).map(List::of).orElse(List.of());
        }
        if (token == JsonToken.START_OBJECT) {
            findings.problem(source, key + " takes a value, not keys of its own");
            parser.skipChildren();
            return List.of();
        }
        return readScalar(parser, token, key).map(List::of).orElse(List.of());
    }

    private Optional<String> readScalar(JsonParser parser, JsonToken token, String key) {
        if (token == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        if (!token.isScalarValue()) {
            findings.problem(line(parser), key + ": lists in lists and keys in lists mean nothing here");
            parser.skipChildren();
            return Optional.empty();
        }
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            findings.problem(line(parser), key + ": " + YamlTrouble.STAR);
            return Optional.empty();
        }
        return Optional.of(parser.getString().strip()).filter(value -> !value.isEmpty());
    }

    private Source line(JsonParser parser) {
        return Source.line(file, parser.currentTokenLocation().getLineNr());
    }

    private static List<String> knownKeys() {
        return Arrays.stream(Setting.values())
                .filter(Setting::isFileKey)
                .map(Setting::key)
                .toList();
    }
}
