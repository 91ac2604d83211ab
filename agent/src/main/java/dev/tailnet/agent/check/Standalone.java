package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.ConfigurationException;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.config.UpstreamSettings;
import java.time.Duration;
import java.util.Optional;

/** Without an agent: whether one could be started here, and how. Ends with the failure that there is none. */
final class Standalone {
    private final Here here;
    private final Walk walk;
    private final Duration timeout;

    Standalone(Here here, Walk walk, Duration timeout) {
        this.here = here;
        this.walk = walk;
        this.timeout = timeout;
    }

    /** @param absence that no agent runs, in the words of who looked for it */
    void take(String absence) throws StepFailure {
        Configuration configuration = walk.timed("configuration", this::configuration, this::words);
        walk.timed("library", this::library, version -> version);
        NodeSettings node = configuration.settings().node();
        Optional<UpstreamSettings> upstream =
                configuration.settings().upstream().filter(UpstreamSettings::control);
        walk.timed(
                "control server",
                () -> ControlProbe.ask(node.loginServer(), upstream, here.environment(), timeout),
                words -> words);
        throw walk.failed("agent", null, absent(absence, node));
    }

    private Configuration configuration() throws StepFailure {
        try {
            return Configuration.load(here.flags(), here.environment());
        } catch (ConfigurationException e) {
            throw new StepFailure(new Finding(
                    ExitCode.USAGE,
                    String.join("; ", e.problems()),
                    "'tailnet-agent run --help' says what there is, 'tailnet-agent run --print-config' what is read."));
        }
    }

    private String words(Configuration configuration) {
        NodeSettings node = configuration.settings().node();
        return node.credential()
                .map(credential -> "credential of " + credential.source())
                .or(() -> node.stateDir().map(directory -> "no auth key; a login may be stored in " + directory))
                .orElse("no auth key");
    }

    private String library() throws StepFailure {
        try {
            return here.library().load();
        } catch (Unanswered e) {
            throw new StepFailure(Finding.of(ExitCode.LIBRARY, e.getMessage(), ""));
        }
    }

    private static Finding absent(String absence, NodeSettings node) {
        Finding asTold = Finding.of(ExitCode.NO_AGENT, absence, "");
        return node.credential().isPresent() || node.stateDir().isPresent()
                ? asTold
                : new Finding(
                        ExitCode.NO_AGENT,
                        asTold.words(),
                        "Start one with an auth key: TS_AUTHKEY=tskey-auth-... tailnet-agent run &");
    }
}
