package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.config.UpstreamSettings;
import dev.tailnet.proxy.dial.upstream.NoProxy;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Asks the control server from this process for its key, which is how every node begins. */
final class ControlProbe {
    /** A version of the protocol that both Tailscale's servers and Headscale know. */
    private static final String KEY = "/key?v=130";

    private static final String KEY_MEMBER = "publicKey";
    private static final int MAX_BODY = 64 * 1024;

    private ControlProbe() {}

    /** Returns what is to be said of it. A server behind a proxy is not asked: the proxy may want to know who asks. */
    static String ask(
            URI server, Optional<UpstreamSettings> upstream, Map<String, String> environment, Duration timeout)
            throws StepFailure {
        Optional<String> proxy = upstream.map(settings -> settings.proxy().at().toString())
                .or(() -> environmentProxy(server, environment));
        if (proxy.isPresent()) {
            connect(server, proxy.get(), timeout);
            return server + ", through the proxy " + proxy.get() + ", which answers";
        }
        String body = get(server, timeout);
        if (!body.contains(KEY_MEMBER)) {
            throw unreachable(
                    server + " answers, but not like a control server",
                    "Check --login-server: it is the address that nodes log in at, not that of a web interface.");
        }
        return server + ", answers from here";
    }

    /** The one that the library would use: it follows the environment as Go programs do. */
    private static Optional<String> environmentProxy(URI server, Map<String, String> environment) {
        String name = server.getScheme().equals("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
        var exemptions = both("NO_PROXY", environment)
                .map(value -> Stream.of(value.split("[,\\s]+"))
                        .filter(item -> !item.isEmpty())
                        .toList())
                .orElseGet(List::of);
        try {
            if (NoProxy.of(exemptions).exempts(Target.of(HostSyntax.parse(server.getHost()), port(server)))) {
                return Optional.empty();
            }
        } catch (ConnectFailure | IllegalArgumentException e) {
            // Then nothing is exempted.
        }
        return both(name, environment).map(ProxyVariables::authority);
    }

    private static Optional<String> both(String name, Map<String, String> environment) {
        return Stream.of(name, name.toLowerCase(Locale.ROOT))
                .map(spelling -> environment.getOrDefault(spelling, "").strip())
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    private static void connect(URI server, String proxy, Duration timeout) throws StepFailure {
        int colon = proxy.lastIndexOf(':');
        String host = proxy.substring(0, colon).replaceAll("[\\[\\]]", "");
        try (var socket = new Socket(Proxy.NO_PROXY)) {
            int port = Integer.parseInt(proxy.substring(colon + 1));
            socket.connect(new InetSocketAddress(host, port), millis(timeout));
        } catch (IOException | IllegalArgumentException e) {
            throw unreachable(
                    "the proxy " + proxy + ", through which " + server + " is reached, does not answer: " + why(e),
                    "Check --upstream-proxy, or HTTPS_PROXY if that names it.");
        }
    }

    private static String get(URI server, Duration timeout) throws StepFailure {
        try {
            var connection = (HttpURLConnection) server.resolve(KEY).toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(millis(timeout));
            connection.setReadTimeout(millis(timeout));
            connection.setInstanceFollowRedirects(false);
            boolean isError = connection.getResponseCode() >= HttpURLConnection.HTTP_BAD_REQUEST;
            try (var body = isError ? connection.getErrorStream() : connection.getInputStream()) {
                return body == null ? "" : new String(body.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
            } finally {
                connection.disconnect();
            }
        } catch (SSLException e) {
            throw new StepFailure(new Finding(
                    ExitCode.CONTROL_CERTIFICATE,
                    "no TLS with " + server + ": " + why(e),
                    "Check --login-server, this machine's clock and its CA certificates."));
        } catch (IOException | IllegalArgumentException e) {
            throw unreachable(server + " does not answer from here: " + why(e), fix(e));
        }
    }

    private static StepFailure unreachable(String words, String fix) {
        return new StepFailure(new Finding(ExitCode.CONTROL_UNREACHABLE, words, fix));
    }

    private static String why(Exception e) {
        return switch (e) {
            case UnknownHostException unknown -> "its name does not exist";
            case SocketTimeoutException late -> "no answer in time";
            default -> {
                String message = e.getMessage();
                yield message == null ? e.getClass().getSimpleName() : message;
            }
        };
    }

    private static String fix(Exception e) {
        return switch (e) {
            case UnknownHostException unknown -> "Check --login-server and this machine's DNS.";
            case ConnectException refused -> "Nothing listens there: check --login-server and that the server runs.";
            case NoRouteToHostException noRoute -> "Check --login-server and this machine's network.";
            case SocketTimeoutException late ->
                "Check --login-server, the firewall, and --upstream-proxy if a proxy is the way out.";
            default -> "Check --login-server.";
        };
    }

    private static int port(URI server) {
        if (server.getPort() > 0) {
            return server.getPort();
        }
        return server.getScheme().equals("https") ? 443 : 80;
    }

    private static int millis(Duration timeout) {
        return Math.toIntExact(Math.min(timeout.toMillis(), Integer.MAX_VALUE));
    }
}
