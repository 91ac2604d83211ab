package dev.tailnet.proxy.http;

import dev.tailnet.proxy.auth.Credentials;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads the credentials of the Basic scheme (RFC 7617) from {@code Proxy-Authorization}. */
final class BasicCredentials {
    private static final String SCHEME = "Basic ";

    private BasicCredentials() {}

    /** Empty when there are none, when there are several, and when they cannot be read. */
    static Optional<Credentials> of(HttpHeaders headers) {
        List<String> fields = headers.getAll(HttpHeaderNames.PROXY_AUTHORIZATION);
        if (fields.size() != 1 || !fields.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        byte[] pair;
        try {
            pair = Base64.getDecoder()
                    .decode(fields.getFirst().substring(SCHEME.length()).strip());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        for (int i = 0; i < pair.length; i++) {
            if (pair[i] == ':') {
                return Credentials.of(Arrays.copyOf(pair, i), Arrays.copyOfRange(pair, i + 1, pair.length));
            }
        }
        return Optional.empty();
    }
}
