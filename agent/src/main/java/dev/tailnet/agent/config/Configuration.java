package dev.tailnet.agent.config;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The outcome of a load.
 *
 * @param settings what the agent runs with
 * @param warnings a line each, for the log
 * @param exposed secrets that stand in this process's arguments or environment and have to be scrubbed from there
 * @param effective the value of each setting in text, with its source; secrets masked
 */
public record Configuration(Settings settings, List<String> warnings, List<Secret> exposed, List<Effective> effective) {

    public Configuration {
        warnings = List.copyOf(warnings);
        exposed = List.copyOf(exposed);
        effective = List.copyOf(effective);
    }

    /**
     * Reads flags, environment and file, the first that gives a setting winning.
     *
     * @throws ConfigurationException with all problems found
     */
    public static Configuration load(Flags flags, Map<String, String> environment) throws ConfigurationException {
        return new ConfigurationLoader(flags, environment, true).load();
    }

    /**
     * Reads it all again for an agent that runs: without the auth key, whose file may be gone by now.
     *
     * @throws ConfigurationException with all problems found
     */
    public static Configuration reload(Flags flags, Map<String, String> environment) throws ConfigurationException {
        return new ConfigurationLoader(flags, environment, false).load();
    }

    /** What is in force once an agent that runs with this has read the next one: what needs a restart stays as it was. */
    public Configuration reloadedAs(Configuration next) {
        var inForce = Stream.concat(
                        effective.stream().filter(was -> !was.setting().isLive()),
                        next.effective().stream().filter(now -> now.setting().isLive()))
                .sorted(Comparator.comparing(Effective::setting))
                .toList();
        return new Configuration(next.settings(), next.warnings(), exposed, inForce);
    }

    /** Writes the configuration as YAML that {@code --config} reads, with the source of each value as a comment. */
    public String print() {
        return ConfigurationPrinter.print(effective);
    }

    /**
     * A setting as it is in effect.
     *
     * @param values in the order given; empty for a list without items
     */
    public record Effective(Setting setting, List<String> values, String source) {

        public Effective {
            values = List.copyOf(values);
        }
    }
}
