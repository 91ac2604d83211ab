package dev.tailnet.agent.config;

import dev.tailnet.agent.config.ExposeSpec.Protocol;
import java.util.ArrayList;
import java.util.List;

/** Reads what is to be exposed to the tailnet, and refuses what is said twice. */
final class ExposeSettings {
    private final SettingReader reader;

    ExposeSettings(SettingReader reader) {
        this.reader = reader;
    }

    List<ExposeSpec> read() {
        List<ExposeSpec> specs = new ArrayList<>();
        reader.given(Setting.EXPOSE).ifPresent(given -> {
            for (var entry : ExposeSyntax.entries(given.values())) {
                reader.each(List.of(entry), given.source(), ExposeSyntax::parse)
                        .forEach(spec -> add(specs, spec, given.source()));
            }
        });
        reader.note(Setting.EXPOSE, specs.stream().map(ExposeSpec::toString).toList());
        return List.copyOf(specs);
    }

    private void add(List<ExposeSpec> specs, ExposeSpec spec, Source source) {
        if (specs.stream().anyMatch(other -> other.protocol() == spec.protocol() && other.port() == spec.port())) {
            reader.findings().problem(source, spec.portText() + " is exposed twice");
            return;
        }
        if (spec.address() != null && !spec.address().isLoopbackAddress()) {
            reader.findings()
                    .warning(
                            source,
                            "the tailnet reaches " + spec.targetText()
                                    + " through this node, which that host takes for its client");
        }
        if (spec.isAll() && spec.protocol() == Protocol.TCP && spec.from().isEmpty()) {
            reader.findings()
                    .warning(
                            source,
                            "all exposes every program that listens on this machine's loopback addresses to everybody whom the"
                                    + " tailnet's rules let; from=... says who may");
        }
        specs.add(spec);
    }
}
