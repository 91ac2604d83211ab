package dev.tailnet.agent.node;

import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The control server cannot be talked to: what the library's error means and what to do. */
final class ControlTrouble {
    private static final Pattern X509 = Pattern.compile("x509: .*");

    /** Also says the present time, which would make each attempt another reason. */
    private static final Pattern VALIDITY =
            Pattern.compile("expired or is not yet valid: current time \\S+ is (after|before) ([^\\s,;]+)");

    /** The library's own words, wherever they stand in what the tailscale packages make of them; some take no blanks. */
    private static final Pattern UPSTREAM = Pattern.compile("upstream[ _]proxy[ _][^\"]*");

    /** The end of Go's error chain, and what to look at. */
    private record Cause(String ending, String fix) {}

    private static final List<Cause> CAUSES = List.of(
            new Cause("connection refused", "Nothing listens there: check --login-server and that the server runs."),
            new Cause("no such host", "The name does not exist: check --login-server and this machine's DNS."),
            new Cause("server misbehaving", "This machine's DNS does not work: check /etc/resolv.conf."),
            new Cause("no route to host", "Check --login-server and this machine's network."),
            new Cause("network is unreachable", "Check this machine's network."),
            new Cause("i/o timeout", "Check --login-server, the firewall, and HTTPS_PROXY if a proxy is the way out."),
            new Cause(
                    "deadline exceeded",
                    "Check --login-server, the firewall, and HTTPS_PROXY if a proxy is the way out."),
            new Cause("connection reset by peer", "Something between closes the connection: check the firewall."));

    private ControlTrouble() {}

    /** Tells a failed exchange from the server's own words, which the library hands on without a prefix. */
    static boolean isIn(String error) {
        return error.startsWith("fetch control key")
                || error.startsWith("register request")
                || X509.matcher(error).find()
                || UPSTREAM.matcher(error).find()
                || CAUSES.stream().anyMatch(cause -> error.contains(cause.ending()));
    }

    static NodeState explain(URI server, String error) {
        Matcher certificate = X509.matcher(error);
        if (certificate.find()) {
            return NodeState.trying(Trouble.CONTROL_CERTIFICATE, certificate(server, certificate.group()));
        }
        Matcher upstream = UPSTREAM.matcher(error);
        if (upstream.find()) {
            return NodeState.trying(
                    Trouble.CONTROL_UNREACHABLE,
                    "control server " + server + " cannot be reached: "
                            + upstream.group().replace('_', ' ')
                            + ". Check --upstream-proxy, or HTTPS_PROXY if that names it.");
        }
        for (Cause cause : CAUSES) {
            if (error.contains(cause.ending())) {
                return NodeState.trying(
                        Trouble.CONTROL_UNREACHABLE,
                        "control server " + server + " does not answer: " + cause.ending() + ". " + cause.fix());
            }
        }
        if (error.startsWith("fetch control key")) {
            return NodeState.trying(
                    Trouble.CONTROL_UNREACHABLE,
                    server + " does not answer like a control server: " + error + ". Check --login-server.");
        }
        return NodeState.trying(
                Trouble.LOGIN_REFUSED, "login at control server " + server + " does not succeed: " + error + ".");
    }

    private static String certificate(URI server, String error) {
        Matcher validity = VALIDITY.matcher(error);
        if (validity.find()) {
            return "control server " + server
                    + " has a certificate that is not valid at this machine's time: it is valid "
                    + (validity.group(1).equals("after") ? "until " : "from ") + validity.group(2)
                    + ". Check this machine's clock; if it is right, the server's certificate has to be renewed.";
        }
        return "control server " + server + " has a certificate that this machine does not trust: " + error
                + ". Check --login-server and the installed CA certificates.";
    }
}
