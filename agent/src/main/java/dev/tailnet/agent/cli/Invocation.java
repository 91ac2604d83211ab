package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.ArrayList;
import java.util.List;

/** The name by which the program was called, which decides whose arguments it takes. */
enum Invocation {
    /** By its own. */
    TAILNET_AGENT(
            "tailnet-agent",
            "Puts a sandbox on a tailnet without privileges, behind a SOCKS5 and HTTP proxy on 127.0.0.1:1055.",
            "TS_AUTHKEY=tskey-... tailnet-agent run --hostname=sandbox-1",
            "tailnet-agent status",
            "eval \"$(tailnet-agent env)\" && curl http://grafana/",
            "tailnet-agent check grafana:443"),

    /** As tailscale's command line, by a link of that name. */
    TAILSCALE(
            "tailscale",
            "Takes the arguments of tailscale's command line, for the node of a running tailnet-agent.",
            "tailscale up --auth-key=file:/run/secrets/ts-authkey --hostname=sandbox-1",
            "tailscale status",
            "tailscale ping grafana");

    /** Set by the launcher, as Java does not tell. */
    private static final String PROPERTY = "dev.tailnet.program";

    private final String text;
    private final String purpose;
    private final List<String> examples;

    Invocation(String text, String purpose, String... examples) {
        this.text = text;
        this.purpose = purpose;
        this.examples = List.of(examples);
    }

    static Invocation current() {
        return System.getProperty(PROPERTY, "").equals(TAILSCALE.text) ? TAILSCALE : TAILNET_AGENT;
    }

    /** The code to end with: tailscale's command line knows one for wrong flags and one for everything else. */
    int exitCode(ExitCode code) {
        return this == TAILSCALE && code != ExitCode.OK && code != ExitCode.USAGE
                ? ExitCode.INTERNAL.code()
                : code.code();
    }

    /** One sentence for {@code --help}. */
    String purpose() {
        return purpose;
    }

    /** What stands below the commands in {@code --help}. */
    String[] examples() {
        var lines = new ArrayList<String>(List.of("", "Examples:"));
        examples.forEach(example -> lines.add("  " + example));
        lines.addAll(
                List.of("", "'" + text + " help COMMAND' has the flags of a command, examples and its exit codes."));
        return lines.toArray(String[]::new);
    }

    @Override
    public String toString() {
        return text;
    }
}
