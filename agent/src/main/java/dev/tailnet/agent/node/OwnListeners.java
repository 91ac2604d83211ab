package dev.tailnet.agent.node;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where this process listens, so that the node does not ask itself.
 *
 * @param proxies when HTTPS_PROXY names one of them, the node does not go through it to the control server
 * @param dns when /etc/resolv.conf names one of them, it is not asked
 */
public record OwnListeners(List<InetSocketAddress> proxies, List<InetSocketAddress> dns) {
    public OwnListeners {
        proxies = List.copyOf(proxies);
        dns = List.copyOf(dns);
    }
}
