package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandResponse;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5InitialResponse;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthResponse;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthStatus;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What went wrong at the upstream proxy, in the agent's terms: whether the proxy itself fails, or what it says of the target. */
final class ProxyFailures {
    private static final int OK = 200;

    private final UpstreamProxy proxy;
    private final Target target;
    private final String who;

    ProxyFailures(UpstreamProxy proxy, Target target) {
        this.proxy = proxy;
        this.target = target;
        this.who = "upstream proxy " + proxy;
    }

    ConnectFailure isThisAgent(InetSocketAddress at) {
        return ofProxy(who + " is this agent itself (" + shown(at)
                + "): name the proxy that leads out of this network in --upstream-proxy");
    }

    ConnectFailure notFound(Throwable cause) {
        return ofProxy(who + " cannot be found: " + words(cause));
    }

    ConnectFailure unreachable(InetSocketAddress at, Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? ofProxy(who + " does not answer at " + shown(at) + ": is it down, or the address wrong?")
                : ofProxy(who + " cannot be reached: " + words(cause));
    }

    ConnectFailure connectTimeout(Duration timeout) {
        return ofProxy(who + " did not answer within " + seconds(timeout));
    }

    /** A proxy answers when it has connected: it is the target that takes long, unless the proxy has refused already. */
    ConnectFailure handshakeTimeout(@Nullable Object lastAnswer, Duration timeout) {
        ConnectFailure refusal = refusal(lastAnswer);
        return refusal != null
                ? refusal
                : new ConnectFailure(
                        FailureReason.TIMEOUT,
                        who + " did not get through to " + target + " within " + seconds(timeout));
    }

    /** @param cause of the handshake's failure */
    ConnectFailure refused(@Nullable Object lastAnswer, Throwable cause) {
        ConnectFailure refusal = refusal(lastAnswer);
        return refusal != null
                ? refusal
                : ofProxy(who + " broke off the handshake for " + target + ": is it a proxy of this protocol? ("
                        + reason(cause) + ")");
    }

    private @Nullable ConnectFailure refusal(@Nullable Object answer) {
        return switch (answer) {
            case HttpResponse response
            when response.decoderResult().isFailure() ->
                ofProxy(who + " answers something else than HTTP: is it a proxy of this protocol?");
            case HttpResponse response when response.status().code() != OK -> http(response);
            case Socks5InitialResponse response
            when response.authMethod().equals(Socks5AuthMethod.UNACCEPTED) ->
                credentialsRefused("it accepts none of the agent's ways to log in");
            case Socks5PasswordAuthResponse response
            when !response.status().equals(Socks5PasswordAuthStatus.SUCCESS) ->
                credentialsRefused("user or password is wrong");
            case Socks5CommandResponse response
            when !response.status().equals(Socks5CommandStatus.SUCCESS) -> socks(response.status());
            case null, default -> null;
        };
    }

    private ConnectFailure http(HttpResponse response) {
        int code = response.status().code();
        String says = " (" + response.status() + ")";
        return switch (code) {
            case 407 -> credentialsRefused(authentication(response));
            case 401, 403, 451 -> ofTarget(FailureReason.NOT_ALLOWED, "does not allow " + target + says);
            case 404, 502, 503 -> ofTarget(FailureReason.HOST_UNREACHABLE, "cannot reach " + target + says);
            case 504 -> ofTarget(FailureReason.TIMEOUT, "got no answer from " + target + says);
            default -> ofProxy(who + " does not make a tunnel to " + target + says);
        };
    }

    private String authentication(HttpResponse response) {
        List<String> schemes = response.headers().getAll(HttpHeaderNames.PROXY_AUTHENTICATE);
        boolean basic = schemes.isEmpty()
                || schemes.stream()
                        .anyMatch(scheme -> scheme.toLowerCase(Locale.ROOT).contains("basic"));
        return basic
                ? (proxy.credentials() == null ? "it asks for a user and password" : "user or password is wrong")
                : "it asks for "
                        + String.join(
                                ", ",
                                schemes.stream().map(ProxyFailures::scheme).toList())
                        + ", and the agent knows Basic only";
    }

    private static String scheme(String challenge) {
        int blank = challenge.indexOf(' ');
        return blank < 0 ? challenge : challenge.substring(0, blank);
    }

    private ConnectFailure credentialsRefused(String why) {
        return ofProxy(who + " refuses the agent's credentials: " + why + ". Check --upstream-proxy"
                + (proxy.credentials() == null ? ", which names no user" : ""));
    }

    private ConnectFailure socks(Socks5CommandStatus status) {
        String says = " (SOCKS5 reply " + (status.byteValue() & 0xff) + ")";
        if (status.equals(Socks5CommandStatus.FORBIDDEN)) {
            return ofTarget(FailureReason.NOT_ALLOWED, "does not allow " + target + says);
        }
        if (status.equals(Socks5CommandStatus.NETWORK_UNREACHABLE)) {
            return ofTarget(FailureReason.NETWORK_UNREACHABLE, "has no route to " + target + says);
        }
        if (status.equals(Socks5CommandStatus.CONNECTION_REFUSED)) {
            return ofTarget(FailureReason.CONNECTION_REFUSED, "was refused the connection by " + target + says);
        }
        if (status.equals(Socks5CommandStatus.TTL_EXPIRED)) {
            return ofTarget(FailureReason.TIMEOUT, "got no answer from " + target + says);
        }
        if (status.equals(Socks5CommandStatus.HOST_UNREACHABLE) || status.equals(Socks5CommandStatus.FAILURE)) {
            return ofTarget(FailureReason.HOST_UNREACHABLE, "cannot reach " + target + says);
        }
        return ofProxy(who + " does not make a tunnel to " + target + says);
    }

    private ConnectFailure ofTarget(FailureReason reason, String what) {
        return new ConnectFailure(reason, who + " " + what);
    }

    private static ConnectFailure ofProxy(String what) {
        return new ConnectFailure(FailureReason.UPSTREAM_PROXY, what);
    }

    private static String shown(InetSocketAddress at) {
        return new Target(new Host.Address(at.getAddress()), at.getPort()).toString();
    }

    private static String words(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** Netty puts protocol and addresses before the reason, which the sentence has already. */
    private static String reason(Throwable cause) {
        String words = words(cause);
        int comma = words.lastIndexOf(", ");
        return comma < 0 ? words : words.substring(comma + 2);
    }

    /** What is left of a deadline is seldom round. */
    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1000 ? millis + " ms" : Math.round(millis / 1000.0) + " s";
    }
}
