package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.rules.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** Reads a policy file. */
public final class PolicyFile {
    /** A hundred thousand rules have some ten million characters; what is much longer is no policy. */
    private static final int MOST_CHARACTERS = 1 << 27;

    private PolicyFile() {}

    /** @throws IOException if there is no such file, or it cannot be read */
    public static PolicyDocument read(Path file) throws IOException {
        return read(file, Runtime.getRuntime().maxMemory());
    }

    /** @param memory bytes that this process may use */
    static PolicyDocument read(Path file, long memory) throws IOException {
        long size = Files.size(file);
        if (RuleBudget.isExceededBy(size, memory)) {
            return tooMuch(1, RuleBudget.problem(size, memory, 1));
        }
        return read(file.toString(), Files.readString(file), memory);
    }

    /** @param source names the text in messages */
    public static PolicyDocument read(String source, String text) {
        return read(source, text, Runtime.getRuntime().maxMemory());
    }

    private static PolicyDocument read(String source, String text, long memory) {
        return plain(source, text, memory).orElseGet(() -> anything(source, text, memory));
    }

    /** Nothing also if anything is wrong: what to say of it is the other reader's matter. */
    static Optional<PolicyDocument> plain(String source, String text, long memory) {
        List<PolicyProblem> problems = new ArrayList<>();
        var parser = new PolicyParser(source, problems, new RuleBudget(memory, text.length()));
        var tokens = new PlainTokens(text);
        try {
            readDocument(parser, tokens);
        } catch (NotPlain e) {
            return Optional.empty();
        } catch (RuleBudget.Exceeded e) {
            return Optional.of(tooMuch(tokens, text, memory));
        }
        return problems.isEmpty() ? Optional.of(new PolicyDocument(parser.rules(), problems)) : Optional.empty();
    }

    static PolicyDocument anything(String source, String text, long memory) {
        List<PolicyProblem> problems = new ArrayList<>();
        var parser = new PolicyParser(source, problems, new RuleBudget(memory, text.length()));
        try (JsonParser yaml = yaml().createParser(ObjectReadContext.empty(), text)) {
            var tokens = new YamlTokens(yaml);
            try {
                readDocument(parser, tokens);
            } catch (RuleBudget.Exceeded e) {
                return tooMuch(tokens, text, memory);
            }
        } catch (JacksonException e) {
            var location = e.getLocation();
            problems.add(new PolicyProblem(
                    location == null ? 1 : Math.max(1, location.getLineNr()),
                    location == null ? 1 : Math.max(1, location.getColumnNr()),
                    YamlTrouble.explain(e.getOriginalMessage())));
        }
        return new PolicyDocument(parser.rules(), problems);
    }

    private static PolicyDocument tooMuch(Tokens tokens, String text, long memory) {
        double part =
                tokens.line() / (double) Math.max(tokens.line(), text.lines().count());
        return tooMuch(tokens.line(), RuleBudget.problem(text.length(), memory, part));
    }

    private static PolicyDocument tooMuch(int line, String problem) {
        return new PolicyDocument(RuleSet.NONE, List.of(new PolicyProblem(line, 1, problem)));
    }

    private static void readDocument(PolicyParser parser, Tokens tokens) {
        if (tokens.next() != JsonToken.START_OBJECT) {
            parser.problem(tokens, "a policy has keys, the first of them mode: enforce");
            return;
        }
        parser.read(tokens);
        if (tokens.next() != JsonToken.NOT_AVAILABLE) {
            parser.problem(tokens, "a second document: only one is read");
        }
    }

    private static YAMLFactory yaml() {
        return YAMLFactory.builder()
                .loadSettings(LoadSettings.builder()
                        .setCodePointLimit(MOST_CHARACTERS)
                        .build())
                .build();
    }
}
