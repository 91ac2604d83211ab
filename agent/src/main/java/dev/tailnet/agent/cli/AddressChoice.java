package dev.tailnet.agent.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Which of a node's addresses are shown: {@code -1}, {@code -4}, {@code -6}. */
enum AddressChoice {
    ALL,
    ONE,
    V4,
    V6;

    static void addTo(CommandSpec spec) {
        spec.addOption(Switches.of("Only one address", "-1"));
        spec.addOption(Switches.of("Only the IPv4 address", "-4"));
        spec.addOption(Switches.of("Only the IPv6 address", "-6"));
    }

    static AddressChoice read(ParseResult arguments) {
        var given = List.of("-1", "-4", "-6").stream()
                .filter(flag -> Switches.isOn(arguments, flag))
                .toList();
        if (given.size() > 1) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(), String.join(" and ", given) + " exclude each other");
        }
        if (given.isEmpty()) {
            return ALL;
        }
        return switch (given.getFirst()) {
            case "-1" -> ONE;
            case "-4" -> V4;
            default -> V6;
        };
    }

    List<String> of(List<String> addresses) {
        return switch (this) {
            case ALL -> addresses;
            case ONE -> addresses.stream().limit(1).toList();
            case V4 ->
                addresses.stream().filter(address -> address.indexOf(':') < 0).toList();
            case V6 ->
                addresses.stream().filter(address -> address.indexOf(':') >= 0).toList();
        };
    }
}
