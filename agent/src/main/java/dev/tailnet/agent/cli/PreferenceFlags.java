package dev.tailnet.agent.cli;

import dev.tailnet.agent.cli.prefs.Preference;
import dev.tailnet.agent.cli.prefs.Preferences;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags of {@code up}, {@code login} and {@code set} for the node's preferences. */
final class PreferenceFlags {
    /**
     * A flag of the real command line for what this agent has not.
     *
     * @param harmless the values that ask for nothing
     * @param instead why it does nothing, and what does
     */
    private record Foreign(String flag, Set<String> harmless, String instead) {}

    private static final List<Foreign> FOREIGN = List.of(
            foreign("--ssh", "false", "the agent has no SSH server; expose one with 'run --expose=22'"),
            foreign("--webclient", "false", "the agent has its own page: see 'run --status-listen'"),
            foreign("--advertise-connector", "false", "the agent is no app connector"),
            foreign("--report-posture", "false", "the agent reports nothing of this machine"),
            foreign("--auto-update", "false", "the agent is updated with its distribution"),
            foreign("--update-check", "", "the agent looks for no updates"),
            foreign(
                    "--snat-subnet-routes",
                    "true",
                    "there is no network interface whose addresses could be translated"),
            foreign("--stateful-filtering", "false", "there is no network interface to filter at"),
            foreign("--netfilter-mode", "off", "there is no network interface to filter at"),
            foreign("--relay-server-port", "", "the agent is no peer relay"),
            foreign("--relay-server-static-endpoints", "", "the agent is no peer relay"),
            foreign("--unattended", "", "the agent always runs unattended"),
            foreign("--nickname", "", "the agent has one account, which needs no name"));

    /** Questions that the real command line asks on terminals, and this one never does. */
    private static final List<String> IGNORED = List.of("--accept-risk", "--host-routes");

    private PreferenceFlags() {}

    private static Foreign foreign(String flag, String harmless, String instead) {
        return new Foreign(flag, Set.of(harmless), instead);
    }

    static void addTo(CommandSpec spec, Set<Preference> without) {
        for (var preference : Preference.values()) {
            if (!without.contains(preference)) {
                spec.addOption(option(preference));
            }
        }
        for (var foreign : FOREIGN) {
            spec.addOption(OptionSpec.builder(foreign.flag())
                    .type(String.class)
                    .arity("0..1")
                    .fallbackValue("true")
                    .hidden(true)
                    .build());
        }
        for (var ignored : IGNORED) {
            spec.addOption(OptionSpec.builder(ignored)
                    .type(String.class)
                    .arity("0..1")
                    .hidden(true)
                    .build());
        }
    }

    private static OptionSpec option(Preference preference) {
        var names = new ArrayList<String>(List.of(preference.flag()));
        names.addAll(preference.aliases());
        var option = OptionSpec.builder(names.toArray(String[]::new)).description(preference.description());
        return switch (preference.kind()) {
            case SWITCH -> Switches.of(option);
            case TEXT ->
                option.type(String.class)
                        .arity("1")
                        .paramLabel(preference.valueLabel())
                        .build();
            case LIST ->
                option.type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .paramLabel(preference.valueLabel())
                        .build();
        };
    }

    /** The preferences that are mentioned; warns of flags that do nothing here. */
    static Preferences read(ParseResult arguments) {
        var values = new EnumMap<Preference, String>(Preference.class);
        for (var preference : Preference.values()) {
            if (arguments.hasMatchedOption(preference.flag())) {
                values.put(preference, value(arguments, preference));
            }
        }
        for (var foreign : FOREIGN) {
            String given = arguments.matchedOptionValue(foreign.flag(), "");
            if (arguments.hasMatchedOption(foreign.flag())
                    && !foreign.harmless().contains(given.toLowerCase(Locale.ROOT))) {
                System.err.println("warning: " + foreign.flag() + " has no effect: " + foreign.instead());
            }
        }
        return new Preferences(values);
    }

    /** Whether a flag is there that is taken for the sake of scripts. */
    static boolean isAnyWithoutEffect(ParseResult arguments) {
        return Stream.concat(FOREIGN.stream().map(Foreign::flag), IGNORED.stream())
                .anyMatch(arguments::hasMatchedOption);
    }

    private static String value(ParseResult arguments, Preference preference) {
        return switch (preference.kind()) {
            case SWITCH -> String.valueOf(Switches.isOn(arguments, preference.flag()));
            case TEXT -> arguments.matchedOptionValue(preference.flag(), "");
            case LIST -> {
                var items = String.join(",", arguments.matchedOptionValue(preference.flag(), List.<String>of()));
                yield preference == Preference.ADVERTISE_TAGS ? tags(items) : items;
            }
        };
    }

    /** The prefix {@code tag:} may be missing. */
    private static String tags(String items) {
        var tags = new ArrayList<String>();
        for (var item : items.split(",")) {
            if (!item.isBlank()) {
                tags.add(item.contains(":") ? item.strip() : "tag:" + item.strip());
            }
        }
        return String.join(",", tags);
    }
}
