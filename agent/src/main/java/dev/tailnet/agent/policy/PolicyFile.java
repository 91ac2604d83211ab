package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.rules.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** What a byte of a file of many short rules becomes in memory, twice: while one policy takes the place of another there are two. */
    private static final int BYTES_IN_MEMORY = 18;

    /** What the agent needs besides. */
    private static final long REST_OF_THE_AGENT = 24 << 20;

    private PolicyFile() {}

    /** @throws IOException if there is no such file, or it cannot be read */
    public static PolicyDocument read(Path file) throws IOException {
        return read(file, Runtime.getRuntime().maxMemory());
    }

    /** @param memory bytes that this process may use: one that ran out of them would be gone, with a policy that was in force */
    static PolicyDocument read(Path file, long memory) throws IOException {
        long size = Files.size(file);
        if (size > Math.max(1 << 20, (memory - REST_OF_THE_AGENT) / BYTES_IN_MEMORY)) {
            var problem = new PolicyProblem(
                    1,
                    1,
                    (size >> 20) + " MB of rules do not fit into " + (memory >> 20)
                            + " MB of memory, where there have to be two policies while one is replaced: start the"
                            + " agent with TAILNET_JAVA_OPTIONS=-Xmx"
                            + (Math.ceilDiv(size * BYTES_IN_MEMORY, 32 << 20) + 2) * 32
                            + "m");
            return new PolicyDocument(RuleSet.NONE, List.of(problem));
        }
        return read(file.toString(), Files.readString(file));
    }

    /** @param source names the text in messages */
    public static PolicyDocument read(String source, String text) {
        List<PolicyProblem> problems = new ArrayList<>();
        var parser = new PolicyParser(source, problems);
        try (JsonParser tokens = yaml().createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = tokens.nextToken();
            if (first == JsonToken.START_OBJECT) {
                parser.read(tokens);
                if (tokens.nextToken() != null) {
                    parser.problem(tokens, "a second document: only one is read");
                }
            } else {
                parser.problem(tokens, "a policy has keys, the first of them mode: enforce");
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

    private static YAMLFactory yaml() {
        return YAMLFactory.builder()
                .loadSettings(LoadSettings.builder()
                        .setCodePointLimit(MOST_CHARACTERS)
                        .build())
                .build();
    }
}
