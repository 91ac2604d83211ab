package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.config.Causes;
import dev.tailnet.agent.policy.PolicyDocument;
import dev.tailnet.agent.policy.PolicyFile;
import dev.tailnet.agent.policy.PolicyText;
import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.RuleReview;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code policy}: looks at policies, those in files and the one in force. */
final class PolicyVerb implements Verb {
    private static final String JSON = "--json";
    private static final String ROLE = "--role";
    private static final String PROTOCOL = "--protocol";
    private static final String METHOD = "--method";
    private static final String PATH = "--path";
    /** Many rules take a second, and many seconds on a busy machine. */
    private static final Duration RELOAD = Duration.ofMinutes(1);

    private static final List<String> FACTS = List.of(ROLE, PROTOCOL, METHOD, PATH);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Checks, explains, tries, learns and reloads what decides about connections.",
                        "",
                        "  check FILE      everything that is wrong with a file, by line and column, and what never decides",
                        "  explain [FILE]  a file, or the policy in force, in sentences",
                        "  test HOST:PORT  what the policy in force says of a request, which rule, and why",
                        "  learn LOG       a policy that allows what an audit log (JSON lines) of mode: report shows",
                        "  reload          has the running agent read its policy again")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent policy check policy.yaml",
                        "  tailnet-agent policy test api.example.com:443 --role ci",
                        "  tailnet-agent policy test example.com:80 --protocol http --method POST --path /upload",
                        "  tailnet-agent policy learn /var/log/tailnet-agent/audit.jsonl > policy.yaml");
        spec.addOption(ValueFlags.of(ROLE, "USER", "test: as this user of the proxies"));
        spec.addOption(ValueFlags.of(
                PROTOCOL, "tcp|udp|http", "test: how it is used (default tcp, with a method or path http)"));
        spec.addOption(ValueFlags.of(METHOD, "METHOD", "test: of a request of plain HTTP (default GET)"));
        spec.addOption(ValueFlags.of(PATH, "PATH", "test: of a request of plain HTTP (default /)"));
        spec.addOption(OptionSpec.builder(JSON)
                .type(boolean.class)
                .arity("0")
                .description("test: as JSON")
                .build());
        spec.addPositional(positional("0", "1", "check|explain|test|learn|reload", "What to do"));
        spec.addPositional(positional("1", "0..1", "ARGUMENT", "File, target or log"));
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    private static PositionalParamSpec positional(String index, String arity, String label, String description) {
        return PositionalParamSpec.builder()
                .index(index)
                .arity(arity)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent(ExitCode.DENIED_BY_POLICY);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        String action = arguments.matchedPositionalValue(0, "");
        String argument = arguments.matchedPositionalValue(1, "");
        try {
            return switch (action) {
                case "check" -> check(required(arguments, argument, "FILE"));
                case "explain" -> argument.isEmpty() ? explainRunning(arguments) : explain(argument);
                case "test" -> test(arguments, required(arguments, argument, "HOST:PORT"));
                case "learn" -> PolicyLearning.learn(Path.of(required(arguments, argument, "LOG")), System.out);
                case "reload" -> reload(arguments);
                default ->
                    throw new ParameterException(
                            arguments.commandSpec().commandLine(),
                            "policy " + action + " is none of check, explain, test, learn and reload");
            };
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return e.exitCode();
        } catch (IOException e) {
            System.err.println(Program.NAME + ": " + argument + " cannot be read: " + Causes.of(e));
            return ExitCode.USAGE;
        }
    }

    private static String required(ParseResult arguments, String argument, String label) {
        if (argument.isEmpty()) {
            throw new ParameterException(arguments.commandSpec().commandLine(), label + " is missing");
        }
        return argument;
    }

    private static ExitCode check(String file) throws IOException {
        PolicyDocument document = PolicyFile.read(Path.of(file));
        document.problems().forEach(problem -> System.out.println(file + ", " + problem));
        var remarks = document.problems().isEmpty()
                ? RuleReview.of(CompiledRules.of(document.rules()), CompiledRules.ofInbound(document.rules()))
                : List.<RuleReview.Remark>of();
        remarks.forEach(remark -> System.out.println("remark: " + remark));
        if (!document.problems().isEmpty()) {
            return ExitCode.USAGE;
        }
        System.out.println(file + " is valid: " + document.rules().summary());
        return ExitCode.OK;
    }

    private static ExitCode explain(String file) throws IOException {
        PolicyDocument document = PolicyFile.read(Path.of(file));
        if (!document.problems().isEmpty()) {
            document.problems().forEach(problem -> System.err.println(file + ", " + problem));
            return ExitCode.USAGE;
        }
        System.out.print(PolicyText.explain(document.rules()));
        return ExitCode.OK;
    }

    private static ExitCode explainRunning(ParseResult arguments) throws ControlException {
        System.out.print(RunningAgentFlags.client(arguments).get("/policy"));
        return ExitCode.OK;
    }

    private static ExitCode reload(ParseResult arguments) throws ControlException {
        System.out.println(RunningAgentFlags.client(arguments, RELOAD)
                .post("/policy/reload")
                .stripTrailing());
        return ExitCode.OK;
    }

    private static ExitCode test(ParseResult arguments, String target) throws ControlException {
        var query = new StringBuilder("/policy/test?target=").append(encoded(target));
        for (String fact : FACTS) {
            if (arguments.hasMatchedOption(fact)) {
                String value = arguments.matchedOptionValue(fact, "");
                query.append('&').append(fact.substring(2)).append('=').append(encoded(value));
            }
        }
        String body = RunningAgentFlags.client(arguments).get(query.toString());
        if (arguments.hasMatchedOption(JSON)) {
            System.out.println(body.stripTrailing());
        } else {
            print(Json.parse(body));
        }
        return Json.parse(body).object("outcome").text("decision").equals(java.util.Optional.of("deny"))
                ? ExitCode.DENIED_BY_POLICY
                : ExitCode.OK;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void print(Json trial) {
        var outcome = trial.object("outcome");
        System.out.println(trial.text("target").orElse("") + ": " + line(outcome) + mode(trial));
        for (Json address : trial.objects("addresses")) {
            System.out.println("  " + address.text("address").orElse("") + " ("
                    + address.text("route").orElse("") + "): " + line(address.object("outcome")));
        }
        trial.text("unresolved").ifPresent(why -> System.out.println("  by its name alone: " + why));
    }

    private static String mode(Json trial) {
        return trial.text("mode").map(mode -> " [mode: " + mode + "]").orElse("");
    }

    private static String line(Json outcome) {
        var words = Map.of("allow", "allowed", "deny", "denied", "would-deny", "would be denied");
        return outcome.text("decision").map(words::get).orElse("?")
                + outcome.text("rule").map(rule -> " by " + rule).orElse("")
                + outcome.text("why").map(why -> ": " + why).orElse("")
                + (outcome.isTrue("showsName") ? ", if the connection shows a name that is allowed" : "");
    }
}
