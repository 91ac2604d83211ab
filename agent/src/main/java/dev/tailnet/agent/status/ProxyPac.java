package dev.tailnet.agent.status;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The script by which browsers choose between the proxies and the direct way (proxy auto-config, PAC). In the JavaScript of
 * 1999, as that is what the least of its interpreters speak; it looks no name up.
 */
final class ProxyPac {
    static final String CONTENT_TYPE = "application/x-ns-proxy-autoconfig";

    private static final String SCRIPT = """
            // Written by tailnet-agent. Names and addresses of the tailnet go to its proxies.
            var PROXIES = "%s";
            var EVERYTHING = %s;
            var DOMAINS = [%s];
            var NETWORKS = [%s];

            function FindProxyForURL(url, host) {
              host = host.toLowerCase().replace(/[\\[\\]]/g, "").replace(/\\.$/, "");
              var address = bits(host);
              if (host == "localhost" || within(host, "localhost") || host == "::1" || inNetwork(address, "127.0.0.0", 8)) {
                return "DIRECT";
              }
              if (EVERYTHING) {
                return PROXIES;
              }
              if (address == "") {
                return host.indexOf(".") < 0 || ofDomains(host) ? PROXIES : "DIRECT";
              }
              for (var i = 0; i < NETWORKS.length; i++) {
                if (inNetwork(address, NETWORKS[i][0], NETWORKS[i][1])) {
                  return PROXIES;
                }
              }
              return "DIRECT";
            }

            function ofDomains(host) {
              for (var i = 0; i < DOMAINS.length; i++) {
                if (host == DOMAINS[i] || within(host, DOMAINS[i])) {
                  return true;
                }
              }
              return false;
            }

            function within(host, domain) {
              var start = host.length - domain.length - 1;
              return start > 0 && host.substring(start) == "." + domain;
            }

            function inNetwork(address, network, length) {
              var other = bits(network);
              return address.length == other.length && address.substring(0, length) == other.substring(0, length);
            }

            // An address as a string of 32 or 128 binary digits; empty for a name.
            function bits(host) {
              var text = "";
              if (/^\\d+\\.\\d+\\.\\d+\\.\\d+$/.test(host)) {
                var bytes = host.split(".");
                for (var i = 0; i < 4; i++) {
                  text += digits(parseInt(bytes[i], 10), 8);
                }
                return text;
              }
              if (host.indexOf(":") < 0) {
                return "";
              }
              var halves = host.split("::");
              var head = halves[0] == "" ? [] : halves[0].split(":");
              var tail = halves.length < 2 || halves[1] == "" ? [] : halves[1].split(":");
              while (head.length + tail.length < 8) {
                head.push("0");
              }
              var groups = head.concat(tail);
              for (var j = 0; j < 8; j++) {
                text += digits(parseInt(groups[j], 16), 16);
              }
              return text;
            }

            function digits(number, count) {
              var text = number.toString(2);
              while (text.length < count) {
                text = "0" + text;
              }
              return text;
            }
            """;

    private ProxyPac() {}

    /**
     * Writes the script.
     *
     * @param http {@code host:port} of a listener that speaks HTTP; null when there is none
     * @param socks5 the same for SOCKS5
     */
    static String script(@Nullable String http, @Nullable String socks5, PacScope scope) {
        String proxies = Stream.of(http == null ? null : "PROXY " + http, socks5 == null ? null : "SOCKS5 " + socks5)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        return SCRIPT.formatted(
                proxies.isEmpty() ? "DIRECT" : proxies,
                scope.everything(),
                list(scope.domains(), ProxyPac::quoted),
                list(scope.networks(), ProxyPac::network));
    }

    private static String list(List<String> items, UnaryOperator<String> form) {
        return items.stream().map(form).collect(Collectors.joining(", "));
    }

    private static String network(String cidr) {
        int slash = cidr.indexOf('/');
        return "[" + quoted(cidr.substring(0, slash)) + ", " + Integer.parseInt(cidr.substring(slash + 1)) + "]";
    }

    /** Names come from the control server: nothing in them may end the string. */
    private static String quoted(String text) {
        return '"' + text.replaceAll("[^A-Za-z0-9._:-]", "") + '"';
    }
}
