package dev.tailnet.agent.cli;

import java.util.Optional;

/** What tailscale's command line says of a node that is not up. */
final class NodeStates {
    private NodeStates() {}

    /**
     * The words; empty for a node that is up or about to be.
     *
     * @param status the {@code ipnstate.Status}
     */
    static Optional<String> whyNotUp(Json status) {
        var state = status.text("BackendState").orElse("");
        return switch (state) {
            case "Running", "Starting" -> Optional.empty();
            case "Stopped" -> Optional.of("Tailscale is stopped.");
            case "NeedsLogin" ->
                Optional.of("Logged out."
                        + status.text("AuthURL")
                                .map(url -> "\nLog in at: " + url)
                                .orElse(""));
            case "NeedsMachineAuth" -> Optional.of("Machine is not yet approved by tailnet admin.");
            default -> Optional.of("unexpected state: " + state);
        };
    }
}
