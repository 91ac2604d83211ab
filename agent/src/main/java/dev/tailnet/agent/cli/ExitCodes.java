package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What verbs may end with, by whom they ask. */
final class ExitCodes {
    private ExitCodes() {}

    /** Of one that asks nobody. */
    static Set<ExitCode> alone(ExitCode... more) {
        var codes = EnumSet.of(ExitCode.OK, ExitCode.INTERNAL, ExitCode.USAGE);
        codes.addAll(List.of(more));
        return codes;
    }

    /** Of one that asks the running agent. */
    static Set<ExitCode> ofAgent(ExitCode... more) {
        var codes = alone(more);
        codes.add(ExitCode.NO_AGENT);
        return codes;
    }

    /** Of one that asks the agent's node, which not everybody may change. */
    static Set<ExitCode> ofNode(ExitCode... more) {
        var codes = ofAgent(more);
        codes.add(ExitCode.NODE);
        codes.add(ExitCode.DENIED);
        return codes;
    }
}
