package dev.tailnet.agent.config;

import dev.tailnet.agent.config.EnvironmentNames.Meaning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** Reads the environment by the table of names. A variable that is set but empty counts as not set. */
final class EnvironmentReader {
    private final Map<String, String> environment;
    private final Findings findings;
    private final List<Given> given = new ArrayList<>();

    private EnvironmentReader(Map<String, String> environment, Findings findings) {
        this.environment = environment;
        this.findings = findings;
    }

    /** Returns what is given, the stronger first. */
    static List<Given> read(Map<String, String> environment, Findings findings) {
        var reader = new EnvironmentReader(environment, findings);
        for (var entry : EnvironmentNames.entries()) {
            var value = environment.getOrDefault(entry.getKey(), "").strip();
            if (!value.isEmpty()
                    || entry.getValue() instanceof Meaning.ValueOrNone && environment.containsKey(entry.getKey())) {
                reader.take(entry.getKey(), value, entry.getValue());
            }
        }
        reader.warnOfUnknown();
        return reader.given;
    }

    private void take(String name, String value, Meaning meaning) {
        var source = Source.variable(name);
        switch (meaning) {
            case Meaning.Value(var setting) -> {
                if (name.startsWith("TS_") && Addresses.lacksHost(value)) {
                    findings.warning(
                            source, value + " listens on 127.0.0.1 only; for every address write 0.0.0.0" + value);
                }
                given.add(Given.of(setting, value, source));
            }
            case Meaning.ValueOrNone(var setting) -> given.add(Given.of(setting, value, source));
            case Meaning.ExtraArguments() -> given.addAll(ExtraArguments.parse(value, findings));
            case Meaning.DaemonArguments() -> given.addAll(DaemonArguments.parse(value, findings));
            case Meaning.Expected(var expected, var otherwise, var fatal) -> {
                if (!isBool(value, expected, source)) {
                    if (fatal) {
                        findings.problem(source, otherwise);
                    } else {
                        findings.warning(source, otherwise);
                    }
                }
            }
            case Meaning.Unsupported(var lost) -> findings.warning(source, "not supported: " + lost);
        }
    }

    /** True also for a value that is no boolean, which is a problem of its own. */
    private boolean isBool(String value, boolean expected, Source source) {
        try {
            return Values.bool(value) == expected;
        } catch (IllegalArgumentException e) {
            findings.problem(source, String.valueOf(e.getMessage()));
            return true;
        }
    }

    private void warnOfUnknown() {
        var known = StreamSupport.stream(EnvironmentNames.names().spliterator(), false)
                .toList();
        for (var name : new TreeSet<>(environment.keySet())) {
            if (EnvironmentNames.meaning(name).isEmpty() && !EnvironmentNames.isPassed(name)) {
                findings.warning(Source.variable(name), "unknown, and ignored" + Suggestions.phrase(name, known));
            }
        }
    }
}
