package dev.tailnet.agent.config;

import dev.tailnet.agent.config.ExposeSpec.Protocol;
import dev.tailnet.proxy.request.AddressText;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what is to be exposed. Each problem is an {@link IllegalArgumentException} that says what is wrong and what is right. */
final class ExposeSyntax {
    private static final String FROM = "from=";
    private static final String PROXY_PROTOCOL = "proxy-protocol";
    private static final String ALL = "all";
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern NETWORK =
            Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:/([0-9]{1,3}))?");
    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\\.?");
    private static final Pattern USER = Pattern.compile("[^\\s,|]+");

    private ExposeSyntax() {}

    /** Puts options that stand behind a comma to the port that they belong to. */
    static List<String> entries(List<String> values) {
        List<String> entries = new ArrayList<>();
        for (String value : values) {
            for (String item : value.split(",")) {
                String part = item.strip();
                if (isOption(part) && !entries.isEmpty()) {
                    entries.add(entries.removeLast() + "," + part);
                } else if (!part.isEmpty()) {
                    entries.add(part);
                }
            }
        }
        return entries;
    }

    private static boolean isOption(String part) {
        return part.startsWith(FROM) || part.equals(PROXY_PROTOCOL);
    }

    static ExposeSpec parse(String text) {
        List<String> parts =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        String what = parts.getFirst();
        if (isOption(what)) {
            throw new IllegalArgumentException("'" + what + "' stands behind no port, as in 3000," + what);
        }
        Set<String> from = new LinkedHashSet<>();
        boolean proxyProtocol = false;
        for (String option : parts.subList(1, parts.size())) {
            if (option.startsWith(FROM)) {
                for (String peer : option.substring(FROM.length()).split("\\|", -1)) {
                    from.add(peer(peer.strip()));
                }
            } else if (option.equals(PROXY_PROTOCOL)) {
                proxyProtocol = true;
            } else {
                throw new IllegalArgumentException("'" + option + "' is neither from=PEER nor " + PROXY_PROTOCOL);
            }
        }
        ExposeSpec spec = port(what, List.copyOf(from), proxyProtocol);
        if (proxyProtocol && spec.protocol() == Protocol.UDP) {
            throw new IllegalArgumentException("'" + text + "': the PROXY protocol is for TCP only");
        }
        return spec;
    }

    private static ExposeSpec port(String text, List<String> from, boolean proxyProtocol) {
        Protocol protocol = text.startsWith("udp:") ? Protocol.UDP : Protocol.TCP;
        String bare = text.startsWith("udp:") || text.startsWith("tcp:") ? text.substring(4) : text;
        int equals = bare.indexOf('=');
        String port = equals < 0 ? bare : bare.substring(0, equals).strip();
        if (port.equals(ALL)) {
            if (equals >= 0) {
                throw new IllegalArgumentException(
                        "'" + text + "': all exposes each port as itself on this machine and takes no target");
            }
            return new ExposeSpec(protocol, ExposeSpec.ALL, null, ExposeSpec.ALL, from, proxyProtocol);
        }
        int number = number(port, text);
        if (equals < 0) {
            return new ExposeSpec(protocol, number, null, number, from, proxyProtocol);
        }
        String target = bare.substring(equals + 1).strip();
        var address = Addresses.parse(target);
        if (address.getPort() == 0) {
            throw new IllegalArgumentException("'" + text + "': the target's port must be 1 to 65535");
        }
        return new ExposeSpec(
                protocol,
                number,
                isThisMachine(target) ? null : service(address.getAddress(), text),
                address.getPort(),
                from,
                proxyProtocol);
    }

    private static int number(String port, String text) {
        int number = PORT.matcher(port).matches() ? Integer.parseInt(port) : 0;
        if (number < 1 || number > 65_535) {
            throw new IllegalArgumentException(
                    "'" + text + "': '" + port + "' is no port: write 3000, 8765=127.0.0.1:9000, udp:5353 or all");
        }
        return number;
    }

    private static boolean isThisMachine(String target) {
        return target.indexOf(':') <= 0 || target.startsWith("localhost:");
    }

    private static InetAddress service(InetAddress address, String text) {
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || address.isLinkLocalAddress()) {
            throw new IllegalArgumentException("'" + text + "': a service is not at " + AddressText.of(address)
                    + " (unspecified, multicast and link-local addresses, cloud metadata among them, are never"
                    + " exposed)");
        }
        return address;
    }

    /** A peer as {@code tag:NAME}, {@code user:LOGIN}, {@code node:NAME}, or in CIDR notation. */
    private static String peer(String text) {
        if (text.startsWith("tag:")) {
            return Values.tag(text);
        }
        if (text.startsWith("user:") || text.indexOf('@') >= 0) {
            String user = text.startsWith("user:") ? text.substring(5) : text;
            if (USER.matcher(user).matches()) {
                return "user:" + user;
            }
        } else if (text.startsWith("node:")) {
            if (NODE.matcher(text.substring(5)).matches()) {
                return text;
            }
        } else if (NETWORK.matcher(text).matches()) {
            return network(text);
        } else if (NODE.matcher(text).matches() && !text.matches("[0-9.]+")) {
            return "node:" + text;
        }
        throw noPeer(text);
    }

    private static String network(String text) {
        var network = NETWORK.matcher(text);
        if (network.matches()) {
            try {
                InetAddress address = InetAddress.ofLiteral(network.group(1));
                String bits = network.group(2);
                if (bits == null) {
                    return AddressText.of(address);
                }
                if (Integer.parseInt(bits) <= address.getAddress().length * 8) {
                    return AddressText.of(address) + "/" + Integer.parseInt(bits);
                }
            } catch (IllegalArgumentException e) {
                throw noPeer(text);
            }
        }
        throw noPeer(text);
    }

    private static IllegalArgumentException noPeer(String text) {
        return new IllegalArgumentException("'" + text
                + "' is no peer: write tag:NAME, the login name of a user (alice@example.com, user:alice), the name of a"
                + " node, an address or a network (100.64.0.0/16)");
    }
}
