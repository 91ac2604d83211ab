package dev.tailnet.agent.cli;

import picocli.CommandLine.Model.OptionSpec;

/** Flags that are there or not. */
final class Switches {
    static final String JSON = "--json";

    private Switches() {}

    static OptionSpec of(String description, String... names) {
        return OptionSpec.builder(names)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build();
    }
}
