package dev.tailnet.agent.cli;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** Flags that are on or off: {@code --name}, {@code --name=true}, {@code --name=false}. */
final class Switches {
    static final String JSON = "--json";

    private Switches() {}

    /** One that is off unless it is given; help does not show that it takes a value. */
    static OptionSpec of(String description, String... names) {
        return of(OptionSpec.builder(names).description(description).hideParamSyntax(true));
    }

    /** One that takes no value at all. */
    static OptionSpec bare(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build();
    }

    /** One that may be on unless it is given, so that false is worth saying. */
    static OptionSpec of(OptionSpec.Builder option) {
        return option.type(boolean.class)
                .arity("0..1")
                .fallbackValue("true")
                .paramLabel("BOOL")
                .converters(Switches::parse)
                .build();
    }

    /** The spellings of Go's flags. */
    private static boolean parse(String text) {
        return switch (text) {
            case "true", "TRUE", "True", "t", "T", "1" -> true;
            case "false", "FALSE", "False", "f", "F", "0" -> false;
            default -> throw new TypeConversionException("'" + text + "' is neither true nor false");
        };
    }

    static boolean isSwitch(OptionSpec option) {
        return option.type() == boolean.class;
    }

    static boolean isOn(ParseResult arguments, String name) {
        return isOn(arguments, name, false);
    }

    static boolean isOn(ParseResult arguments, String name, boolean otherwise) {
        return arguments.matchedOptionValue(name, otherwise);
    }
}
