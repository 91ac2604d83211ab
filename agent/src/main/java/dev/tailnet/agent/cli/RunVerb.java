package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.ConfigurationException;
import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.config.Secret;
import dev.tailnet.agent.logging.Logging;
import dev.tailnet.agent.service.NotifySocket;
import dev.tailnet.agent.watch.FileWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code run}: the agent in the foreground, from configuration to exit code. */
final class RunVerb implements Verb {
    /** What is as short as this stands in innocent places too. */
    private static final int SHORT = 6;

    private final RunningAgent.Starter starter;
    private final NativeLibrary library;

    /** @param library is being loaded already */
    RunVerb(RunningAgent.Starter starter, NativeLibrary library) {
        this.starter = starter;
        this.library = library;
    }

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        RunFlags.addTo(spec);
        RunHelp.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.alone(
                ExitCode.LISTEN,
                ExitCode.LIBRARY,
                ExitCode.STATE_DIR,
                ExitCode.NODE,
                ExitCode.AUDIT,
                ExitCode.INTERRUPTED);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        Flags flags = RunFlags.read(arguments);
        Configuration configuration;
        try {
            configuration = Configuration.load(flags, System.getenv());
        } catch (ConfigurationException e) {
            complain(e);
            return ExitCode.USAGE;
        }
        if (arguments.hasMatchedOption(RunFlags.PRINT_CONFIG)) {
            configuration.warnings().forEach(warning -> System.err.println("warning: " + warning));
            System.out.print(configuration.print());
            return ExitCode.OK;
        }
        library.scrub(hidden(configuration));
        return run(flags, configuration);
    }

    /** Secrets, and the notify socket: children of the library would inherit it, and could speak for this process. */
    private static List<Secret> hidden(Configuration configuration) {
        var hidden = new ArrayList<>(configuration.exposed());
        var socket = System.getenv().getOrDefault(NotifySocket.VARIABLE, "");
        if (socket.length() > SHORT) {
            hidden.add(Secret.of(socket));
        }
        return hidden;
    }

    private ExitCode run(Flags flags, Configuration configuration) {
        var settings = configuration.settings();
        Logging.configure(settings.logLevel(), settings.logFormat(), System.getenv());
        var log = LoggerFactory.getLogger(RunVerb.class);
        configuration.warnings().forEach(log::warn);
        var signals = Signals.install();
        try {
            var agent = starter.start(configuration);
            settings.notifyFd().ifPresent(fd -> new ReadinessNotice(fd).tell(settings, agent));
            var reload = new Reload(flags, System.getenv(), configuration, agent);
            agent.onPolicyReload(reload::policy);
            settings.policy().file().ifPresent(file -> watch(file, reload));
            signals.deliverTo(agent, reload);
            var code = ExitCode.of(agent.awaitStop());
            return signals.areRepeated() ? ExitCode.INTERRUPTED : code;
        } catch (StartFailure e) {
            log.error("{}", e.getMessage());
            log.debug("why the start failed", e);
            return e.exitCode();
        } catch (RuntimeException e) {
            log.error("unexpected failure, please report it", e);
            return ExitCode.INTERNAL;
        }
    }

    private static void watch(Path file, Reload reload) {
        try {
            FileWatch.of(file, reload::policyChanged);
        } catch (IOException e) {
            LoggerFactory.getLogger(RunVerb.class)
                    .warn("Changes of {} go unnoticed: {}. SIGHUP has it read again", file, e.getMessage());
        }
    }

    private static void complain(ConfigurationException e) {
        var count = e.problems().size();
        System.err.println(
                Program.NAME + ": " + (count == 1 ? "a problem" : count + " problems") + " with the configuration:");
        e.problems().forEach(problem -> System.err.println("  " + problem));
        System.err.println("Run 'tailnet-agent run --help' for what there is.");
    }
}
