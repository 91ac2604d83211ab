package dev.tailnet.agent.cli;

import dev.tailnet.agent.cli.text.GoDuration;
import java.time.Duration;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Flags with one value: {@code --name=VALUE}. */
final class ValueFlags {
    private ValueFlags() {}

    static OptionSpec of(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    /**
     * The value as a time.
     *
     * @param otherwise for a flag that was not given
     * @throws ParameterException if it is none
     */
    static Duration time(ParseResult arguments, String name, String otherwise) {
        try {
            return GoDuration.parse(arguments.matchedOptionValue(name, otherwise));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), name + ": " + e.getMessage(), e);
        }
    }
}
