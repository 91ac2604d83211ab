package dev.tailnet.agent.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Fills in a host name, so that one image gives many nodes: {@code autoheal-{id}}, {@code {env:POD_NAME}}. */
final class HostnameTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final String VARIABLE = "env:";

    private final Map<String, String> environment;
    private final Optional<Path> stateDir;
    private @Nullable String id;

    HostnameTemplate(Map<String, String> environment, Optional<Path> stateDir) {
        this.environment = environment;
        this.stateDir = stateDir;
    }

    String fill(String template) {
        return Values.hostname(PLACEHOLDER
                .matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), template))));
    }

    /** The id, if a template had it in it. */
    Optional<String> id() {
        return Optional.ofNullable(id);
    }

    private String value(String placeholder, String template) {
        if (placeholder.equals("id")) {
            id = SandboxId.of(stateDir);
            return id;
        }
        if (!placeholder.startsWith(VARIABLE)) {
            throw new IllegalArgumentException(
                    "'" + template + "': {" + placeholder + "} is none of {id}, {env:VARIABLE}");
        }
        var name = placeholder.substring(VARIABLE.length());
        if (EnvironmentNames.isSecret(name)) {
            throw new IllegalArgumentException("'" + template + "': " + name + " is a secret, and names are public");
        }
        var value = Values.fittingHostname(environment.getOrDefault(name, ""));
        if (value.isEmpty()) {
            throw new IllegalArgumentException("'" + template + "': the variable " + name + " is not set");
        }
        return value;
    }
}
