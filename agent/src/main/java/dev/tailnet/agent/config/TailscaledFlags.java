package dev.tailnet.agent.config;

import java.util.Optional;

/** Flags of tailscaled that say in another form what a setting of ours says, or what the agent does anyway. */
public final class TailscaledFlags {
    private static final String STATE_FILE = "tailscaled.state";
    private static final String IN_MEMORY = "mem:";
    private static final String USERSPACE = "userspace-networking";

    private TailscaledFlags() {}

    /** The value of {@link Setting#STATE_DIR} that a {@code --state} amounts to; empty when it has none. */
    public static Optional<String> stateDirectory(String state) {
        if (state.equals(IN_MEMORY)) {
            return Optional.of(IN_MEMORY);
        }
        return state.endsWith("/" + STATE_FILE)
                ? Optional.of(state.substring(0, state.length() - STATE_FILE.length()))
                : Optional.empty();
    }

    /** What is wrong with a {@code --state} that amounts to nothing. */
    public static String stateProblem(String state) {
        return "'" + state + "' is neither mem: nor a file named " + STATE_FILE + ": use --state-dir DIR";
    }

    /** What is wrong with a {@code --tun}; empty when nothing is. */
    public static Optional<String> tunProblem(String mode) {
        return mode.equals(USERSPACE)
                ? Optional.empty()
                : Optional.of("the agent makes no network interface: only userspace-networking is possible");
    }
}
