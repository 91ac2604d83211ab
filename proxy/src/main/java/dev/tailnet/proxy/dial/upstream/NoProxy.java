package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The targets that the upstream proxy is not used for, written as in NO_PROXY, and read as Go's {@code httpproxy} package does:
 * {@code example.com} is that name and all below it, {@code .example.com} and {@code *.example.com} only those below,
 * {@code 192.0.2.1} an address, {@code 10.0.0.0/8} a block of addresses, {@code *} everything; all but the block and the star
 * may be followed by {@code :PORT}.
 */
public final class NoProxy {
    private final List<Rule> rules;

    private NoProxy(List<Rule> rules) {
        this.rules = rules;
    }

    /** What one item exempts. */
    private sealed interface Rule {

        record Everything() implements Rule {}

        /** @param port 0 for any */
        record Domain(String name, boolean itself, int port) implements Rule {}

        record Block(byte[] prefix, int bits, int port) implements Rule {}
    }

    /** @throws IllegalArgumentException with the first item that is none */
    public static NoProxy of(List<String> items) {
        return new NoProxy(items.stream().map(NoProxy::rule).toList());
    }

    /** Whether the target, as the client named it, goes another way. */
    public boolean exempts(Target target) {
        return switch (target.host()) {
            case Host.Name(String name) -> rules.stream().anyMatch(rule -> matches(rule, name, target.port()));
            case Host.Address(InetAddress address) -> exempts(address, target.port());
        };
    }

    /** Whether an address goes another way. */
    public boolean exempts(InetAddress address, int port) {
        return rules.stream().anyMatch(rule -> matches(rule, address, port));
    }

    private static boolean matches(Rule rule, String name, int port) {
        return switch (rule) {
            case Rule.Everything() -> true;
            case Rule.Domain(String domain, boolean itself, int only) ->
                isPort(only, port) && (name.equals(domain) ? itself : name.endsWith("." + domain));
            case Rule.Block block -> false;
        };
    }

    private static boolean matches(Rule rule, InetAddress address, int port) {
        return switch (rule) {
            case Rule.Everything() -> true;
            case Rule.Domain domain -> false;
            case Rule.Block(byte[] prefix, int bits, int only) ->
                isPort(only, port) && startsWith(address.getAddress(), prefix, bits);
        };
    }

    private static boolean isPort(int only, int port) {
        return only == 0 || only == port;
    }

    private static boolean startsWith(byte[] address, byte[] prefix, int bits) {
        if (address.length != prefix.length) {
            return false;
        }
        int whole = bits / 8;
        int rest = bits % 8;
        return Arrays.equals(address, 0, whole, prefix, 0, whole)
                && (rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >>> (8 - rest) == 0);
    }

    private static Rule rule(String item) {
        if (item.equals("*")) {
            return new Rule.Everything();
        }
        int slash = item.indexOf('/');
        if (slash >= 0) {
            return block(item, item.substring(0, slash), item.substring(slash + 1));
        }
        String host = item.startsWith("*.") ? item.substring(1) : item;
        boolean onlyBelow = host.startsWith(".");
        int port = 0;
        Optional<Host> whole = host(onlyBelow ? host.substring(1) : host);
        if (whole.isEmpty()) {
            int colon = host.lastIndexOf(':');
            if (colon > 0) {
                port = port(host.substring(colon + 1));
                whole = port == 0 ? Optional.empty() : host(host.substring(onlyBelow ? 1 : 0, colon));
            }
        }
        return rule(whole.orElseThrow(() -> malformed(item, null)), onlyBelow, port);
    }

    private static Rule rule(Host host, boolean onlyBelow, int port) {
        return switch (host) {
            case Host.Name(String name) -> new Rule.Domain(name, !onlyBelow, port);
            case Host.Address(InetAddress address) ->
                new Rule.Block(address.getAddress(), address.getAddress().length * 8, port);
        };
    }

    private static Rule block(String item, String address, String length) {
        if (host(address).orElse(null) instanceof Host.Address(InetAddress start) && length.matches("[0-9]{1,3}")) {
            byte[] prefix = start.getAddress();
            int bits = Integer.parseInt(length);
            if (bits <= prefix.length * 8) {
                return new Rule.Block(prefix, bits, 0);
            }
        }
        throw malformed(item, null);
    }

    private static Optional<Host> host(String text) {
        try {
            return Optional.of(HostSyntax.parse(text));
        } catch (ConnectFailure e) {
            return Optional.empty();
        }
    }

    private static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        return port <= 65_535 ? port : 0;
    }

    private static IllegalArgumentException malformed(String item, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "'" + item
                        + "' is neither a domain, an address nor a block of addresses: write example.com, .example.com,"
                        + " 192.0.2.1, 10.0.0.0/8 or *",
                cause);
    }
}
