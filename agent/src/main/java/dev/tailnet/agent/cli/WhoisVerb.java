package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code whois}: the node and the user behind a tailnet address. */
final class WhoisVerb implements Verb {
    private static final String PROTO = "--proto";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the node and the user behind a tailnet address or name.")
                .footer("", "Examples:", "  tailnet-agent whois 100.64.0.7:44321", "  tailnet-agent whois --json db");
        spec.addOption(Switches.of("As JSON", Switches.JSON));
        spec.addOption(OptionSpec.builder(PROTO)
                .type(String.class)
                .arity("1")
                .paramLabel("tcp|udp")
                .description("Protocol of the address's port (default: both)")
                .build());
        spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .type(String.class)
                .paramLabel("IP[:PORT]")
                .description("An address, IPv6 in brackets when there is a port; or the name of a node")
                .build());
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode();
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var client = LocalApiFlags.client(arguments);
        String asked = arguments.matchedPositionalValue(0, "");
        var address = asked.chars().anyMatch(Character::isLetter) && asked.indexOf(':') < 0
                ? PeerAddress.of(asked, Json.parse(client.get("status")), arguments)
                        .address()
                : asked;
        String proto = arguments.matchedOptionValue(PROTO, "");
        var who = Json.parse(client.get("whois?addr=" + encoded(address) + "&proto=" + encoded(proto)));
        if (Switches.isOn(arguments, Switches.JSON)) {
            System.out.println(JsonWriter.write(who, "  "));
        } else {
            System.out.print(WhoisText.print(who));
        }
        return ExitCode.OK;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
