package dev.tailnet.agent.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The variables that make programs use the proxies.
 *
 * <p>Each in both cases: curl reads {@code http_proxy} in lower case only, others know only the capitals. HTTP for what has
 * a variable of its own, as gRPC and npm know nothing else; SOCKS5 for the rest, the names resolved by the proxy. Java
 * ignores all of these and takes properties; {@code socksProxyHost} is not among them, for Java would then send
 * connections to this machine through the proxy too and look every name up before.
 *
 * @param withAllProxy whether programs get ALL_PROXY; some stop at a SOCKS proxy that they cannot speak to
 * @param withJava whether Java programs get JAVA_TOOL_OPTIONS, which each of them mentions on its standard error
 */
record ProxyEnvironment(ProxyAddresses proxies, boolean withAllProxy, boolean withJava) {
    private static final String JAVA_OPTIONS = "JAVA_TOOL_OPTIONS";
    private static final String NO_PROXY = "localhost,127.0.0.1,::1";

    /** @param inherited what the variables are added to: options for Java that are there already stay */
    Map<String, String> variables(Map<String, String> inherited) {
        var variables = new LinkedHashMap<String, String>();
        proxies.http().ifPresent(address -> {
            put(variables, "HTTP_PROXY", "http://" + address);
            put(variables, "HTTPS_PROXY", "http://" + address);
        });
        if (withAllProxy) {
            proxies.socks5()
                    .map(address -> "socks5h://" + address)
                    .or(() -> proxies.http().map(address -> "http://" + address))
                    .ifPresent(url -> put(variables, "ALL_PROXY", url));
        }
        put(variables, "NO_PROXY", NO_PROXY);
        variables.put("NODE_USE_ENV_PROXY", "1");
        if (withJava) {
            proxies.http()
                    .ifPresent(address -> variables.put(
                            JAVA_OPTIONS, javaOptions(inherited.getOrDefault(JAVA_OPTIONS, ""), address)));
        }
        return variables;
    }

    private static void put(Map<String, String> variables, String name, String value) {
        variables.put(name, value);
        variables.put(name.toLowerCase(Locale.ROOT), value);
    }

    /** This machine needs no exception: {@code http.nonProxyHosts} has it by default. */
    private static String javaOptions(String before, String address) {
        var colon = address.lastIndexOf(':');
        var host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        var port = address.substring(colon + 1);
        var others =
                before.replaceAll("(^|\\s)-Dhttps?\\.proxy(Host|Port)=\\S*", "").strip();
        return (others.isEmpty() ? "" : others + " ")
                + "-Dhttp.proxyHost=" + host + " -Dhttp.proxyPort=" + port
                + " -Dhttps.proxyHost=" + host + " -Dhttps.proxyPort=" + port;
    }
}
