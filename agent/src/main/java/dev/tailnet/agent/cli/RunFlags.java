package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.config.Setting;
import dev.tailnet.agent.config.Suggestions;
import dev.tailnet.agent.config.TailscaledFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags of {@code run}: one for each setting, and tailscaled's spellings. */
final class RunFlags {
    static final String PRINT_CONFIG = "--print-config";

    /** As tailscaled has them: they say in another form what a setting of ours says, or what the agent does anyway. */
    private static final String TUN = "--tun";

    private static final String STATE = "--state";

    private RunFlags() {}

    static void addTo(CommandSpec spec) {
        for (var setting : Setting.values()) {
            spec.addOption(option(setting, setting.flag())
                    .description(description(setting))
                    .build());
            aliases(setting)
                    .forEach(alias ->
                            spec.addOption(option(setting, alias).hidden(true).build()));
        }
        spec.addOption(OptionSpec.builder(PRINT_CONFIG)
                .type(boolean.class)
                .arity("0")
                .description("Show the configuration in effect with the source of each value, and exit")
                .build());
        spec.addOption(text(TUN).hidden(true).build());
        spec.addOption(text(STATE).hidden(true).build());
        spec.parser().unmatchedArgumentsAllowed(true).overwrittenOptionsAllowed(true);
    }

    private static OptionSpec.Builder option(Setting setting, String flag) {
        var option = text(flag).paramLabel(setting.valueLabel());
        return setting.isSwitch() ? option.arity("0..1").fallbackValue("true") : option;
    }

    private static String description(Setting setting) {
        var aliases = String.join(", ", aliases(setting));
        return setting.description() + (aliases.isEmpty() ? "" : "; also " + aliases);
    }

    private static OptionSpec.Builder text(String name) {
        return OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1");
    }

    private static List<String> aliases(Setting setting) {
        return setting.aliases().stream().map(alias -> "--" + alias).toList();
    }

    /** The flag and its aliases, of which the last given wins. */
    private static List<String> spellings(Setting setting) {
        return Stream.concat(Stream.of(setting.flag()), aliases(setting).stream())
                .toList();
    }

    static Flags read(ParseResult arguments) {
        var values = new EnumMap<Setting, List<String>>(Setting.class);
        var spellings = new EnumMap<Setting, String>(Setting.class);
        var problems = new ArrayList<String>();
        for (var setting : Setting.values()) {
            var given = new ArrayList<String>();
            for (var flag : spellings(setting)) {
                var more = values(arguments, flag);
                given.addAll(more);
                if (!more.isEmpty()) {
                    spellings.put(setting, flag);
                }
            }
            if (!given.isEmpty()) {
                values.put(setting, given);
            }
        }
        for (var mode : values(arguments, TUN)) {
            TailscaledFlags.tunProblem(mode).ifPresent(problem -> problems.add("--tun (flag): " + problem));
        }
        for (var state : values(arguments, STATE)) {
            TailscaledFlags.stateDirectory(state)
                    .ifPresentOrElse(
                            directory -> values.putIfAbsent(Setting.STATE_DIR, List.of(directory)),
                            () -> problems.add("--state (flag): " + TailscaledFlags.stateProblem(state)));
        }
        problems.addAll(unknown(arguments.unmatched()));
        return new Flags(values, spellings, problems);
    }

    private static List<String> values(ParseResult arguments, String flag) {
        return List.copyOf(arguments.matchedOptionValue(flag, List.<String>of()));
    }

    private static List<String> unknown(List<String> unmatched) {
        var known = Stream.concat(
                        Arrays.stream(Setting.values()).flatMap(setting -> spellings(setting).stream()),
                        Stream.of(PRINT_CONFIG, TUN, STATE))
                .toList();
        var problems = new ArrayList<String>();
        var isValueOfUnknown = false;
        for (var argument : unmatched) {
            if (argument.startsWith("-")) {
                var equals = argument.indexOf('=');
                var name = equals < 0 ? argument : argument.substring(0, equals);
                problems.add(name + ": unknown flag" + Suggestions.phrase(name, known));
                isValueOfUnknown = equals < 0;
            } else {
                if (!isValueOfUnknown) {
                    problems.add("'" + argument + "': run takes flags only");
                }
                isValueOfUnknown = false;
            }
        }
        return problems;
    }
}
