package dev.tailnet.agent.cli;

import dev.tailnet.agent.cli.prefs.CommandLineText;
import dev.tailnet.agent.cli.text.QrText;
import dev.tailnet.agent.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * How somebody logs in.
 *
 * @param authKey empty when a person logs in
 * @param timeout for the node to be up
 * @param qr the form in which the URL is shown as a QR code as well
 * @param isJson says it in JSON
 */
record LoginFlags(Optional<Secret> authKey, Duration timeout, Optional<QrText> qr, boolean isJson) {
    private static final String AUTH_KEY = "--auth-key";
    private static final String AUTH_KEY_OLD = "--authkey";
    private static final String AUTH_KEY_FILE = "--auth-key-file";
    private static final String TIMEOUT = "--timeout";
    private static final String QR = "--qr";
    private static final String QR_FORMAT = "--qr-format";
    private static final String FILE = "file:";

    /** Secrets of other ways to log in, which the agent takes at its start. */
    private static final List<String> AT_START = List.of("--client-id", "--client-secret", "--id-token", "--audience");

    private static final Set<String> SECRET = Set.of(AUTH_KEY, "--client-secret", "--id-token");

    static void addTo(CommandSpec spec) {
        spec.addOption(text("KEY|file:PATH", AUTH_KEY, AUTH_KEY_OLD)
                .description("Log in with this auth key; better from a file, as others can see a command line")
                .build());
        spec.addOption(text("PATH", AUTH_KEY_FILE)
                .description("Log in with the auth key in this file")
                .build());
        spec.addOption(text("TIME", TIMEOUT)
                .description("Give up when the node is not up after this time (default: wait for ever)")
                .build());
        spec.addOption(Switches.of("Show the URL as a QR code as well", QR));
        spec.addOption(text("FORM", QR_FORMAT)
                .description("auto, small (half blocks), large (blocks) or ascii")
                .build());
        spec.addOption(Switches.of("Say it in JSON", Switches.JSON));
        AT_START.forEach(flag -> spec.addOption(text("VALUE", flag).hidden(true).build()));
    }

    private static OptionSpec.Builder text(String label, String... names) {
        return OptionSpec.builder(names).type(String.class).arity("1").paramLabel(label);
    }

    static LoginFlags read(ParseResult arguments) {
        var commandLine = arguments.commandSpec().commandLine();
        for (var flag : AT_START) {
            if (arguments.hasMatchedOption(flag)) {
                throw new ParameterException(
                        commandLine, flag + ": the agent takes this at its start; see 'tailnet-agent run --help'");
            }
        }
        try {
            var form = QrText.named(arguments.matchedOptionValue(QR_FORMAT, "auto"));
            var isQr = Switches.isOn(arguments, QR);
            return new LoginFlags(
                    authKey(arguments),
                    timeout(arguments),
                    isQr ? Optional.of(form) : Optional.empty(),
                    Switches.isOn(arguments, Switches.JSON));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine, e.getMessage(), e);
        }
    }

    /** {@code --timeout}, where 0 is none. */
    static Duration timeout(ParseResult arguments) {
        var timeout = ValueFlags.time(arguments, TIMEOUT, "0");
        return timeout.isZero() ? ControlConnection.UNLIMITED : timeout;
    }

    private static Optional<Secret> authKey(ParseResult arguments) {
        String file = arguments.matchedOptionValue(AUTH_KEY_FILE, "");
        String key = arguments.matchedOptionValue(AUTH_KEY, "");
        if (!file.isEmpty()) {
            return Optional.of(read(AUTH_KEY_FILE, file));
        }
        if (key.startsWith(FILE)) {
            return Optional.of(read(AUTH_KEY, key.substring(FILE.length())));
        }
        return key.isEmpty() ? Optional.empty() : Optional.of(Secret.of(key));
    }

    private static Secret read(String flag, String file) {
        try {
            var key = Files.readString(Path.of(file)).strip();
            if (key.isEmpty()) {
                throw new IllegalArgumentException(flag + ": " + file + " is empty");
            }
            return Secret.of(key);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    flag + ": " + file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /** A flag as it was given, without what nobody is to see. */
    static String shown(OptionSpec given) {
        var name = given.longestName();
        var values = given.originalStringValues();
        if (values.isEmpty() || (values.getFirst().equals("true") && Switches.isSwitch(given))) {
            return name;
        }
        var isSecret = SECRET.contains(name) && !values.getFirst().startsWith(FILE);
        return name + "=" + (isSecret ? "..." : CommandLineText.quote(String.join(",", values)));
    }
}
