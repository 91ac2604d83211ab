package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;

/** The name by which the program was called, which decides whose arguments it takes. */
enum Invocation {
    /** By its own. */
    TAILNET_AGENT("tailnet-agent"),

    /** As tailscale's command line, by a link of that name. */
    TAILSCALE("tailscale");

    /** Set by the launcher, as Java does not tell. */
    private static final String PROPERTY = "dev.tailnet.program";

    private final String text;

    Invocation(String text) {
        this.text = text;
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

    @Override
    public String toString() {
        return text;
    }
}
