package dev.tailnet.agent.config;

import java.util.List;

/**
 * What one source says about one setting, unparsed.
 *
 * @param values one value, or the items of a list
 */
record Given(Setting setting, List<String> values, Source source) {

    Given {
        values = List.copyOf(values);
    }

    static Given of(Setting setting, String value, Source source) {
        return new Given(setting, List.of(value), source);
    }

    /** The last one given wins where only one can be. */
    String value() {
        return values.getLast();
    }

    @Override
    public String toString() {
        return setting.key() + " from " + source;
    }
}
