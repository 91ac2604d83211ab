package dev.tailnet.agent.config;

import dev.tailnet.agent.config.Configuration.Effective;
import dev.tailnet.agent.config.ExposeSpec.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads what is to be exposed to the tailnet, and refuses what is said twice. */
final class ExposeSettings {
    private final Map<Setting, Given> strongest;
    private final Findings findings;
    private final Map<Setting, Effective> effective;

    ExposeSettings(Map<Setting, Given> strongest, Findings findings, Map<Setting, Effective> effective) {
        this.strongest = strongest;
        this.findings = findings;
        this.effective = effective;
    }

    List<ExposeSpec> read() {
        var given = strongest.get(Setting.EXPOSE);
        List<ExposeSpec> specs = new ArrayList<>();
        if (given != null) {
            for (var entry : ExposeSyntax.entries(given.values())) {
                try {
                    add(specs, ExposeSyntax.parse(entry), given.source());
                } catch (IllegalArgumentException e) {
                    findings.problem(given.source(), String.valueOf(e.getMessage()));
                }
            }
        }
        effective.put(
                Setting.EXPOSE,
                new Effective(
                        Setting.EXPOSE,
                        specs.stream().map(ExposeSpec::toString).toList(),
                        (given == null ? Source.DEFAULT : given.source()).text()));
        return List.copyOf(specs);
    }

    private void add(List<ExposeSpec> specs, ExposeSpec spec, Source source) {
        if (specs.stream().anyMatch(other -> other.protocol() == spec.protocol() && other.port() == spec.port())) {
            findings.problem(source, spec.portText() + " is exposed twice");
            return;
        }
        if (spec.address() != null && !spec.address().isLoopbackAddress()) {
            findings.warning(
                    source,
                    "the tailnet reaches " + spec.targetText()
                            + " through this node, which that host takes for its client");
        }
        if (spec.isAll() && spec.protocol() == Protocol.TCP && spec.from().isEmpty()) {
            findings.warning(
                    source,
                    "all exposes every program that listens on this machine's loopback addresses to everybody whom the"
                            + " tailnet's rules let; from=... says who may");
        }
        specs.add(spec);
    }
}
