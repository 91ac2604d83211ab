package dev.tailnet.agent.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Under which names this process may have been given secrets, for a parent that had them first. */
public final class SecretNames {
    private SecretNames() {}

    /** Variables. */
    public static List<String> variables() {
        return Stream.of(
                        StreamSupport.stream(EnvironmentNames.names().spliterator(), false)
                                .filter(EnvironmentNames::isSecret),
                        StreamSupport.stream(EnvironmentNames.secrets().spliterator(), false),
                        OtlpReader.secretVariables().stream())
                .flatMap(names -> names)
                .distinct()
                .toList();
    }

    /** Flags in all their spellings. */
    public static List<String> flags() {
        return Arrays.stream(Setting.values())
                .filter(setting -> EnvironmentNames.isSecret(setting.variable()) || setting == Setting.OTLP_HEADERS)
                .flatMap(setting -> Stream.concat(
                        Stream.of(setting.flag()), setting.aliases().stream().map(alias -> "--" + alias)))
                .toList();
    }
}
