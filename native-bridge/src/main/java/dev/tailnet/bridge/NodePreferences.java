package dev.tailnet.bridge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node starts with beside {@link NodeOptions}.
 *
 * @param acceptDns use the DNS settings of the tailnet
 * @param advertiseRoutes networks in CIDR notation that peers may reach through the node, once the control server approves
 * @param shieldsUp drop connections that come from the tailnet: always, never, or (null) as {@link NodeOptions#shieldsUp} says
 * @param port UDP port of WireGuard; 0 for any
 * @param yielding the options that give way to what was changed in the node while it ran, as its state has it
 */
public record NodePreferences(
        boolean acceptDns,
        List<String> advertiseRoutes,
        @Nullable Boolean shieldsUp,
        int port,
        Set<Option> yielding) {

    /** An option that may give way. */
    public enum Option {
        HOSTNAME("hostname"),
        CONTROL_URL("control-url"),
        TAGS("tags"),
        ACCEPT_ROUTES("accept-routes"),
        ACCEPT_DNS("accept-dns"),
        ADVERTISE_ROUTES("advertise-routes"),
        EXIT_NODE("exit-node"),
        SHIELDS_UP("shields-up");

        private final String key;

        Option(String key) {
            this.key = key;
        }
    }

    public NodePreferences {
        advertiseRoutes = List.copyOf(advertiseRoutes);
        yielding = Set.copyOf(yielding);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not a port");
        }
    }

    /** By the names of {@code tailnet_set_option}. */
    Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("accept-dns", Boolean.toString(acceptDns));
        options.put("advertise-routes", String.join(",", advertiseRoutes));
        if (shieldsUp != null) {
            options.put("shields-up", shieldsUp.toString());
        }
        options.put("port", Integer.toString(port));
        options.put(
                "yielding",
                String.join(
                        ",",
                        yielding.stream().map(option -> option.key).sorted().toList()));
        return options;
    }
}
