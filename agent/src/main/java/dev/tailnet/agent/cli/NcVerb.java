package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code nc}: standard input and output as a tunnel through the running agent. */
final class NcVerb implements Verb {
    /** The agent's own timeouts for readiness, lookup and dial end before this. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("tailnet-agent nc [--runtime-dir=DIR] HOST PORT", "       tailnet-agent nc HOST:PORT")
                .description(
                        "Connects standard input and output to a TCP port through the running agent.",
                        "",
                        "The rules and the audit of the proxies hold for it as well. The end of standard input ends the direction to the target, not the connection; the command"
                                + " ends when both directions have ended, on a terminal when the target ends.")
                .footer(
                        "",
                        "Examples:",
                        "  ssh -o ProxyCommand='tailnet-agent nc %%h %%p' build-7",
                        "  GIT_SSH_COMMAND=\"ssh -o ProxyCommand='tailnet-agent nc %%h %%p'\" git clone git@code:app.git",
                        "  echo PING | tailnet-agent nc redis.internal:6379");
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .paramLabel("HOST PORT")
                .hideParamSyntax(true)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("The target; an IPv6 address in brackets when PORT is part of it")
                .build());
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent(ExitCode.TUNNEL);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        List<String> words = arguments.matchedPositionalValue(0, List.<String>of());
        if (words.isEmpty() || words.size() > 2) {
            throw new ParameterException(arguments.commandSpec().commandLine(), "give HOST PORT, or HOST:PORT");
        }
        String target;
        try {
            target = target(words);
        } catch (ConnectFailure e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), e.getMessage(), e);
        }
        try {
            var tunnel = ControlTunnel.open(RunningAgentFlags.runtimeDir(arguments), target, TIMEOUT);
            new StandardStreams(tunnel.channel()).join(tunnel.early());
            return ExitCode.OK;
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.NO_AGENT;
        } catch (TunnelException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.TUNNEL;
        }
    }

    /** {@code host:port} in the one spelling that the agent's front ends know. */
    static String target(List<String> arguments) throws ConnectFailure {
        if (arguments.size() == 1) {
            return Target.parse(arguments.getFirst()).toString();
        }
        var host = arguments.getFirst();
        var isBareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
        return Target.parse((isBareIpv6 ? "[" + host + "]" : host) + ":" + arguments.get(1))
                .toString();
    }
}
