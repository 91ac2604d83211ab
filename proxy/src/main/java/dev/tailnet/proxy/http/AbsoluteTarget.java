package dev.tailnet.proxy.http;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Locale;

/**
 * A request's target in absolute form (RFC 9112, section 3.2.2).
 *
 * @param target where the request is to be sent
 * @param authority host and port as the client wrote them: the Host field of the request that is sent
 * @param originForm path and query: the target of the request that is sent
 */
record AbsoluteTarget(Target target, String authority, String originForm) {
    private static final int HTTP_PORT = 80;

    /** Reads the target of a request that is no CONNECT. */
    static AbsoluteTarget parse(HttpMethod method, String uri) throws RequestRefused {
        int colon = uri.indexOf("://");
        if (uri.startsWith("/") || uri.equals("*") || colon < 1) {
            throw new RequestRefused(HttpAnswer.notProxied());
        }
        switch (uri.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "http", "ws" -> {}
            case "https", "wss" -> throw new RequestRefused(HttpAnswer.httpsInTheClear());
            default -> throw bad("only http:// goes through this proxy; tunnel anything else with CONNECT or SOCKS5");
        }
        int start = colon + 3;
        int end = endOfAuthority(uri, start);
        String authority = uri.substring(start, end);
        if (authority.indexOf('@') >= 0) {
            throw bad(
                    "the URI has a user name in it: send credentials in an Authorization field (RFC 9110, section 4.2.4)");
        }
        return new AbsoluteTarget(target(authority), authority, originForm(method, uri, end));
    }

    private static int endOfAuthority(String uri, int start) throws RequestRefused {
        int end = uri.length();
        for (int i = uri.length() - 1; i >= start; i--) {
            char c = uri.charAt(i);
            if (c == '/' || c == '?') {
                end = i;
            } else if (c == '#') {
                throw bad("the URI has a fragment, which is the client's own matter");
            } else if (c >= 0x7F) {
                throw bad("the URI has a character outside ASCII: percent-encode it");
            }
        }
        return end;
    }

    private static Target target(String authority) throws RequestRefused {
        try {
            int colon = authority.lastIndexOf(':');
            if (colon < 0 || authority.endsWith("]")) {
                return Target.of(HostSyntax.parse(authority), HTTP_PORT);
            }
            return colon == authority.length() - 1
                    ? Target.of(HostSyntax.parse(authority.substring(0, colon)), HTTP_PORT)
                    : Target.parse(authority);
        } catch (ConnectFailure e) {
            throw new RequestRefused(HttpAnswer.of(e));
        }
    }

    private static String originForm(HttpMethod method, String uri, int start) {
        if (start == uri.length()) {
            return method.equals(HttpMethod.OPTIONS) ? "*" : "/";
        }
        return uri.charAt(start) == '?' ? "/" + uri.substring(start) : uri.substring(start);
    }

    private static RequestRefused bad(String why) {
        return new RequestRefused(HttpAnswer.badRequest(why));
    }
}
