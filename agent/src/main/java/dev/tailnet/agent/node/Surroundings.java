package dev.tailnet.agent.node;

import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy.Credentials;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the node has to know of this process and its network, so that it does not ask itself and finds its way out.
 *
 * @param ownProxies where this process listens: when HTTPS_PROXY names one of these, the node does without it
 * @param ownDns where this process answers DNS queries: when /etc/resolv.conf names one of these, it is not asked
 * @param upstream the proxy to use in place of HTTPS_PROXY; null for that
 * @param noProxy what {@code upstream} is not used for
 * @param operator user of this host who may change the node, by name or number; null for none
 */
public record Surroundings(
        List<InetSocketAddress> ownProxies,
        List<InetSocketAddress> ownDns,
        @Nullable UpstreamProxy upstream,
        List<String> noProxy,
        @Nullable String operator) {

    public Surroundings {
        ownProxies = List.copyOf(ownProxies);
        ownDns = List.copyOf(ownDns);
        noProxy = List.copyOf(noProxy);
    }

    void applyTo(TailnetNode node) {
        node.setOwnProxies(ownProxies);
        node.setOwnDnsListeners(ownDns);
        if (upstream != null) {
            node.setUpstreamProxy(url(upstream), noProxy);
        }
        if (operator != null) {
            node.setOperator(operator);
        }
    }

    /** With the password: for the library only. */
    private static String url(UpstreamProxy proxy) {
        Credentials credentials = proxy.credentials();
        return switch (proxy.protocol()) {
                    case HTTP -> "http://";
                    case SOCKS5 -> "socks5h://";
                }
                + (credentials == null ? "" : encoded(credentials.user()) + ":" + encoded(credentials.password()) + "@")
                + proxy.at();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
