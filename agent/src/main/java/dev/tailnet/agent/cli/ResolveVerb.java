package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code resolve}: what a name means to the running agent, who says so, and where that leads. */
final class ResolveVerb implements Verb {

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Looks a name up as the running agent does for its clients.",
                        "",
                        "Shows its addresses, the way to each, who answered, and for how long that holds.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent resolve db",
                        "  tailnet-agent resolve --json grafana.internal.example.com");
        spec.addOption(Switches.of("As JSON", Switches.JSON));
        spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .type(String.class)
                .paramLabel("NAME")
                .description("A name of the tailnet, short or full, or any other")
                .build());
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent(ExitCode.NOT_FOUND, ExitCode.UNANSWERED);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        String name = arguments.matchedPositionalValue(0, "");
        try {
            var body = RunningAgentFlags.client(arguments)
                    .get("/resolve?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8));
            var answer = Json.parse(body);
            if (Switches.isOn(arguments, Switches.JSON)) {
                System.out.println(body.stripTrailing());
            } else {
                print(answer);
            }
            return exitCode(answer);
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.NO_AGENT;
        }
    }

    private static void print(Json answer) {
        var name = answer.text("name").orElse("");
        var addresses = answer.objects("addresses");
        if (answer.text("error").isPresent()) {
            System.err.println(Program.NAME + ": " + answer.text("error").get());
        } else if (addresses.isEmpty()) {
            System.err.println(Program.NAME + ": " + name + " has no address (" + who(answer) + ")");
        } else {
            for (var address : addresses) {
                System.out.println(address.text("address").orElse("") + "  "
                        + address.text("route").orElse("") + "  " + who(answer));
            }
        }
    }

    private static String who(Json answer) {
        return answer.text("answeredBy").orElse("unknown")
                + answer.text("ttlSeconds").map(ttl -> ", for " + ttl + " s").orElse("")
                + (answer.isTrue("cached") ? ", cached" : "");
    }

    private static ExitCode exitCode(Json answer) {
        if (answer.text("error").isPresent()) {
            return ExitCode.UNANSWERED;
        }
        return answer.objects("addresses").isEmpty() ? ExitCode.NOT_FOUND : ExitCode.OK;
    }
}
