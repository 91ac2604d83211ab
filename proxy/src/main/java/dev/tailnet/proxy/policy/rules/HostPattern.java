package dev.tailnet.proxy.policy.rules;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import java.util.regex.Pattern;

/**
 * Names that a rule is about.
 *
 * @param name normalised as requested names are; empty for {@link Scope#ANY}
 */
public record HostPattern(Scope scope, String name) {
    private static final Pattern PORT = Pattern.compile("^(\\[.*]|[^:]*):\\d+$");

    /** How much of the tree of names. */
    public enum Scope {
        /** This name. */
        EXACT,
        /** What is below it, at any depth: {@code *.example.com}. */
        BELOW,
        /** The name, and what is below it: {@code .example.com}. */
        WITHIN,
        /** Every name, but no address: {@code *}. */
        ANY
    }

    /**
     * Reads {@code www.example.com}, {@code *.example.com}, {@code .example.com} or {@code *}.
     *
     * @throws IllegalArgumentException with the reason; also for an address, which {@link Cidr} reads
     */
    public static HostPattern parse(String text) {
        if (text.equals("*")) {
            return new HostPattern(Scope.ANY, "");
        }
        if (text.startsWith("*.")) {
            return new HostPattern(Scope.BELOW, name(text.substring(2), text));
        }
        if (text.startsWith(".")) {
            return new HostPattern(Scope.WITHIN, name(text.substring(1), text));
        }
        return new HostPattern(Scope.EXACT, name(text, text));
    }

    private static String name(String text, String all) {
        if (text.indexOf('*') >= 0) {
            throw new IllegalArgumentException("'" + all
                    + "' has a * inside: only whole labels at the beginning can be left open, as in *.example.com");
        }
        if (text.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "'" + all + "' has a / inside: write the host alone, without scheme and path");
        }
        if (PORT.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "'" + all + "' has a port: write the host alone, and the port under ports");
        }
        Host host;
        try {
            host = HostSyntax.parse(text);
        } catch (ConnectFailure e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return switch (host) {
            case Host.Name(String name) -> name;
            case Host.Address address ->
                throw new IllegalArgumentException("'" + all + "' is an address, not a name: write it under cidrs");
        };
    }

    /** @param requested normalised */
    boolean matches(String requested) {
        return switch (scope) {
            case EXACT -> requested.equals(name);
            case BELOW -> isBelow(requested);
            case WITHIN -> requested.equals(name) || isBelow(requested);
            case ANY -> true;
        };
    }

    private boolean isBelow(String requested) {
        int dot = requested.length() - name.length() - 1;
        return dot > 0 && requested.charAt(dot) == '.' && requested.endsWith(name);
    }

    @Override
    public String toString() {
        return switch (scope) {
            case EXACT -> name;
            case BELOW -> "*." + name;
            case WITHIN -> "." + name;
            case ANY -> "*";
        };
    }
}
