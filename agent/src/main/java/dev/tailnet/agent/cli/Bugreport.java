package dev.tailnet.agent.cli;

import dev.tailnet.agent.AgentVersion;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.ConfigurationException;
import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.report.SystemFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The parts of a bug report. One that cannot be had does not keep the others from being gathered. */
final class Bugreport {
    private static final String CONFIG = "config.yaml";
    private static final String SYSTEM = "system.txt";

    /** What the agent is asked for. */
    private enum Part {
        CONFIGURATION(CONFIG, "/debug/config"),
        STATUS("status.json", "/status"),
        PREFERENCES("prefs.json", "/debug/prefs"),
        NETCHECK("netcheck.json", "/debug/netcheck"),
        LOG("log.txt", "/debug/log"),
        METRICS("metrics.txt", "/metrics"),
        THREADS("threads.txt", "/debug/threads"),
        GOROUTINES("goroutines.txt", "/debug/goroutines"),
        SYSTEM_FACTS(SYSTEM, "/debug/system");

        private final String file;
        private final String path;

        Part(String file, String path) {
            this.file = file;
            this.path = path;
        }
    }

    private final ControlClient agent;
    private final Map<String, String> environment;
    private final ReportArchive archive;
    private final Consumer<String> progress;
    private final List<String> contents = new ArrayList<>();

    /** @param progress told, a line each, what cannot be gathered */
    Bugreport(ControlClient agent, Map<String, String> environment, ReportArchive archive, Consumer<String> progress) {
        this.agent = agent;
        this.environment = environment;
        this.archive = archive;
        this.progress = progress;
    }

    /** @throws IOException if the archive cannot be written */
    void gather(Instant now, Path runtimeDir) throws IOException {
        var trouble = whyNoAgent();
        if (trouble == null) {
            for (Part part : Part.values()) {
                ask(part);
            }
        } else {
            miss("the agent", trouble);
            add(CONFIG, ownConfiguration());
            add(SYSTEM, SystemFacts.gather(environment));
        }
        add(
                "report.txt",
                "tailnet-agent bugreport\n\ntime: " + now + "\nversion: " + AgentVersion.current()
                        + "\nruntime directory: " + runtimeDir + "\n\n" + String.join("\n", contents) + "\n");
    }

    private @Nullable String whyNoAgent() {
        try {
            agent.get("/healthz");
            return null;
        } catch (ControlException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void ask(Part part) throws IOException {
        try {
            add(part.file, agent.get(part.path));
        } catch (ControlException e) {
            miss(part.file, String.valueOf(e.getMessage()));
        }
    }

    private void add(String file, String text) throws IOException {
        archive.add(file, text);
        contents.add(file);
    }

    private void miss(String what, String why) {
        contents.add(what + " is missing: " + why);
        progress.accept(Program.NAME + ": without " + what + ": " + why);
    }

    private String ownConfiguration() {
        var origin = "# No agent was running: this is what 'run' would have with the environment of this command.\n";
        try {
            var configuration = Configuration.load(new Flags(Map.of(), List.of()), environment);
            var warnings = configuration.warnings().stream()
                    .map(warning -> "# warning: " + warning + "\n")
                    .toList();
            return origin + String.join("", warnings) + configuration.print();
        } catch (ConfigurationException e) {
            return origin + "# problem: " + String.join("\n# problem: ", e.problems()) + "\n";
        }
    }
}
