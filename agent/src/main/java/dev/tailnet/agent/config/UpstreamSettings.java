package dev.tailnet.agent.config;

import dev.tailnet.proxy.dial.upstream.UpstreamProxy;
import java.util.List;

/**
 * The proxy that leads out of this host's network.
 *
 * @param source where the proxy came from, in words for a message: {@code --upstream-proxy (flag)}
 * @param noProxy what it is not used for, in the syntax of NO_PROXY
 * @param direct whether connections to targets outside the tailnet go through it
 * @param control whether the node reaches its control server and relays through it
 */
public record UpstreamSettings(
        UpstreamProxy proxy, String source, List<String> noProxy, boolean direct, boolean control) {

    public UpstreamSettings {
        noProxy = List.copyOf(noProxy);
    }
}
