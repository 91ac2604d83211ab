package dev.tailnet.agent.check;

import dev.tailnet.proxy.dial.upstream.NoProxy;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the environment leads programs that follow proxy variables.
 *
 * @param set the variables that are set, with host and port; without what else may stand in them, such as a password
 * @param strangers those of them that do not lead to the agent
 * @param exemptions the items of NO_PROXY that are understood
 */
record ProxyVariables(Map<String, String> set, List<String> strangers, List<String> exemptions, List<String> proxies) {
    private static final List<String> NAMES = List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY");
    private static final String EXEMPTIONS = "NO_PROXY";

    /** @param proxies where the agent's listen, {@code host:port} each */
    static ProxyVariables of(Map<String, String> environment, List<String> proxies) {
        var set = new LinkedHashMap<String, String>();
        var strangers = new ArrayList<String>();
        for (String name : bothCases(NAMES).toList()) {
            String value = environment.getOrDefault(name, "").strip();
            if (!value.isEmpty()) {
                String authority = authority(value);
                set.put(name, authority);
                if (proxies.stream().noneMatch(proxy -> isSame(authority, proxy))) {
                    strangers.add(name);
                }
            }
        }
        var exemptions = bothCases(List.of(EXEMPTIONS))
                .flatMap(
                        name -> Arrays.stream(environment.getOrDefault(name, "").split("[,\\s]+")))
                .filter(ProxyVariables::isExemption)
                .distinct()
                .toList();
        return new ProxyVariables(set, strangers, exemptions, proxies);
    }

    private static Stream<String> bothCases(List<String> names) {
        return names.stream().flatMap(name -> Stream.of(name, name.toLowerCase(Locale.ROOT)));
    }

    /** What leads to another proxy, in words. */
    Optional<String> elsewhere() {
        if (strangers.isEmpty()) {
            return Optional.empty();
        }
        var first = strangers.getFirst();
        return Optional.of(String.join(", ", strangers) + (strangers.size() == 1 ? " leads to " : " lead to ")
                + set.get(first) + ", which is not the agent (" + String.join(", ", proxies) + ")");
    }

    /** What keeps programs from asking the agent for the target, in words. */
    Optional<String> bypass(Target target) {
        return !set.isEmpty() && NoProxy.of(exemptions).exempts(target)
                ? Optional.of(EXEMPTIONS + " has " + target.host() + " reached without the agent")
                : Optional.empty();
    }

    String summary() {
        return set.isEmpty()
                ? "no proxy variables: programs started from here do not use the agent unless they are told to (eval"
                        + " \"$(tailnet-agent env)\")"
                : String.join(", ", set.keySet()) + (set.size() == 1 ? " leads" : " lead") + " to the agent";
    }

    /** {@code host:port} of a proxy's URL. */
    static String authority(String url) {
        int scheme = url.indexOf("://");
        String rest = url.substring(scheme < 0 ? 0 : scheme + 3);
        String hostPort = rest.substring(rest.lastIndexOf('@') + 1).replaceAll("[/?#].*", "");
        boolean hasPort = hostPort.indexOf(':', hostPort.lastIndexOf(']') + 1) >= 0;
        boolean isSocks = url.regionMatches(true, 0, "socks", 0, 5);
        return hasPort ? hostPort : hostPort + (isSocks ? ":1080" : ":80");
    }

    /** All addresses of the loopback are one host here, as the unspecified one is. */
    private static boolean isSame(String one, String other) {
        int portOfOne = one.lastIndexOf(':');
        int portOfOther = other.lastIndexOf(':');
        return one.substring(portOfOne).equals(other.substring(portOfOther))
                && host(one.substring(0, portOfOne)).equals(host(other.substring(0, portOfOther)));
    }

    private static String host(String text) {
        try {
            return switch (HostSyntax.parse(text)) {
                case Host.Name(String name) -> name.equals("localhost") ? "here" : name;
                case Host.Address(InetAddress address) ->
                    address.isLoopbackAddress() || address.isAnyLocalAddress() ? "here" : AddressText.of(address);
            };
        } catch (ConnectFailure e) {
            return text;
        }
    }

    private static boolean isExemption(String item) {
        if (item.isEmpty()) {
            return false;
        }
        try {
            var unused = NoProxy.of(List.of(item));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
