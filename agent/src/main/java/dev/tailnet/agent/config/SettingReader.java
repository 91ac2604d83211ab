package dev.tailnet.agent.config;

import dev.tailnet.agent.config.Configuration.Effective;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the strongest source gives for each setting, parsed; collects what is wrong, and what is in effect in the end. */
final class SettingReader {
    private final Map<Setting, Given> strongest = new EnumMap<>(Setting.class);
    private final Map<Setting, Effective> effective = new EnumMap<>(Setting.class);
    private final Findings findings;

    /** @param all in the order of their sources: the first for a setting wins */
    SettingReader(Collection<Given> all, Findings findings) {
        this.findings = findings;
        all.forEach(given -> strongest.putIfAbsent(given.setting(), given));
    }

    Findings findings() {
        return findings;
    }

    Optional<Given> given(Setting setting) {
        return Optional.ofNullable(strongest.get(setting));
    }

    Source source(Setting setting) {
        return given(setting).map(Given::source).orElse(Source.DEFAULT);
    }

    /** A setting with one value; a problem, and the fallback, when the parser throws an IllegalArgumentException. */
    <T> T one(Setting setting, Function<String, T> parser, T fallback, Function<T, String> printer) {
        T value = given(setting).flatMap(given -> parse(given, parser)).orElse(fallback);
        note(setting, List.of(printer.apply(value)));
        return value;
    }

    /** A setting that a word in place of its value turns off, as it is by default. */
    Optional<Given> optional(Setting setting, String off) {
        var given = given(setting);
        note(setting, List.of(given.map(Given::value).orElse(off)));
        return given.filter(asked -> !asked.value().equals(off));
    }

    <T> Optional<T> parse(Given given, Function<String, T> parser) {
        return parse(given.value(), given.source(), parser);
    }

    /** What the items mean, in their order, each once; without those that are a problem. */
    <T> Set<T> each(Collection<String> items, Source source, Function<String, T> parser) {
        Set<T> parsed = new LinkedHashSet<>();
        items.forEach(item -> parse(item, source, parser).ifPresent(parsed::add));
        return parsed;
    }

    <T> Optional<T> parse(String text, Source source, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            findings.problem(source, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** These values, from where the setting was given, are in effect. */
    void note(Setting setting, List<String> values) {
        note(setting, values, source(setting));
    }

    void note(Setting setting, List<String> values, Source source) {
        effective.put(setting, new Effective(setting, values, source.text()));
    }

    /** In the order of the settings. */
    List<Effective> effective() {
        return List.copyOf(effective.values());
    }
}
