package dev.tailnet.agent.config;

import dev.tailnet.proxy.dial.upstream.UpstreamProxy;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy.Credentials;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy.Protocol;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a proxy's URL: {@code http://user:password@proxy.example:3128}, {@code socks5://192.0.2.1:1080}, or without a scheme
 * {@code proxy.example:3128}, which is HTTP. User and password are percent-encoded where they hold {@code @}, {@code :},
 * {@code /} or {@code %}. Messages never quote them.
 */
final class ProxyUrl {
    private static final String SCHEME_END = "://";
    private static final int HTTP_PORT = 80;
    private static final int SOCKS_PORT = 1080;

    private ProxyUrl() {}

    /** The parts of one, undecoded. */
    private record Parts(String scheme, @Nullable String userInfo, String authority) {
        static Parts of(String url) {
            int end = url.indexOf(SCHEME_END);
            String scheme = end < 0 ? "http" : url.substring(0, end).toLowerCase(Locale.ROOT);
            String rest = end < 0 ? url : url.substring(end + SCHEME_END.length());
            int at = rest.lastIndexOf('@');
            String authority = rest.substring(at + 1);
            return new Parts(
                    scheme,
                    at < 0 ? null : rest.substring(0, at),
                    authority.endsWith("/") ? authority.substring(0, authority.length() - 1) : authority);
        }
    }

    /** @throws IllegalArgumentException in words that hold no password */
    static UpstreamProxy parse(String url) {
        var parts = Parts.of(url);
        var protocol = switch (parts.scheme()) {
            case "http" -> Protocol.HTTP;
            case "socks5", "socks5h" -> Protocol.SOCKS5;
            case "https" ->
                throw new IllegalArgumentException("the proxy cannot be spoken to over TLS: write http://, which"
                        + " says nothing about the targets, or socks5://");
            default ->
                throw new IllegalArgumentException("'" + parts.scheme()
                        + "' is no way to speak to a proxy: write http://HOST:PORT or" + " socks5://HOST:PORT");
        };
        return new UpstreamProxy(protocol, target(parts.authority(), protocol), credentials(parts.userInfo()));
    }

    private static Target target(String authority, Protocol protocol) {
        try {
            if (hasPort(authority)) {
                return Target.parse(authority);
            }
            return Target.of(HostSyntax.parse(authority), protocol == Protocol.HTTP ? HTTP_PORT : SOCKS_PORT);
        } catch (ConnectFailure e) {
            throw new IllegalArgumentException(
                    "this is no address of a proxy: " + e.getMessage()
                            + ". Write http://HOST:PORT or socks5://HOST:PORT",
                    e);
        }
    }

    private static boolean hasPort(String authority) {
        return authority.indexOf(':', authority.lastIndexOf(']') + 1) >= 0;
    }

    private static @Nullable Credentials credentials(@Nullable String userInfo) {
        if (userInfo == null || userInfo.isEmpty()) {
            return null;
        }
        int colon = userInfo.indexOf(':');
        String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
        String password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
        if (password.equals(Secret.MASK)) {
            throw new IllegalArgumentException("this is the mask that --print-config shows in place of the password");
        }
        return new Credentials(user, password);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "user or password has a % that begins no percent-encoded character: write %25", null);
        }
    }

    /** What has to be scrubbed where others can see it: all but the scheme, as a password alone may be too short to be found. */
    static Optional<Secret> secret(String url) {
        var parts = Parts.of(url);
        return hasPassword(parts)
                ? Optional.of(Secret.of(parts.userInfo() + "@" + parts.authority()))
                : Optional.empty();
    }

    /** The URL with the mask in place of the password. */
    static String masked(String url) {
        var parts = Parts.of(url);
        String userInfo = parts.userInfo();
        if (userInfo == null || !hasPassword(parts)) {
            return url;
        }
        return parts.scheme() + SCHEME_END + userInfo.substring(0, userInfo.indexOf(':') + 1) + Secret.MASK + "@"
                + parts.authority();
    }

    private static boolean hasPassword(Parts parts) {
        String userInfo = parts.userInfo();
        return userInfo != null && userInfo.indexOf(':') >= 0;
    }
}
