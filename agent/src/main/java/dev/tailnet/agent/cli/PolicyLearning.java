package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.policy.LearnedPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code policy learn}: reads an audit log, line by line. */
final class PolicyLearning {
    private PolicyLearning() {}

    static ExitCode learn(Path log, PrintStream out) throws IOException {
        var learned = new LearnedPolicy();
        try (var lines = Files.lines(log)) {
            lines.forEach(learned::read);
        }
        if (!learned.isOfAnAuditLog()) {
            throw new IOException("none of its lines is JSON, as those of an audit log are");
        }
        out.print(learned.yaml(log.toString()));
        return ExitCode.OK;
    }
}
