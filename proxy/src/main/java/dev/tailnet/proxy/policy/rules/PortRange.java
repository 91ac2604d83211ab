package dev.tailnet.proxy.policy.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Ports, both ends included.
 *
 * @param from 1 to {@code to}
 * @param to at most 65535
 */
public record PortRange(int from, int to) {
    static final int LOWEST = 1;
    static final int HIGHEST = 65_535;

    public PortRange {
        if (from < LOWEST || to > HIGHEST || from > to) {
            throw new IllegalArgumentException(
                    from + "-" + to + " is no range of ports: both are 1 to 65535, the lower one first");
        }
    }

    /**
     * Reads {@code 443} or {@code 8000-8999}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static PortRange parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            int port = number(text, text);
            return new PortRange(port, port);
        }
        return new PortRange(
                number(text.substring(0, dash).strip(), text),
                number(text.substring(dash + 1).strip(), text));
    }

    /** The same ports in ranges that neither overlap nor touch, ascending. */
    static List<PortRange> merged(List<PortRange> ranges) {
        if (ranges.size() < 2) {
            return ranges;
        }
        List<PortRange> merged = new ArrayList<>();
        for (PortRange range :
                ranges.stream().sorted(Comparator.comparing(PortRange::from)).toList()) {
            PortRange last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && range.from() <= last.to() + 1) {
                merged.set(merged.size() - 1, new PortRange(last.from(), Math.max(last.to(), range.to())));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    boolean contains(int port) {
        return from <= port && port <= to;
    }

    boolean covers(PortRange other) {
        return from <= other.from && other.to <= to;
    }

    private static int number(String digits, String text) {
        if (!isNumber(digits)) {
            throw new IllegalArgumentException("'" + text + "' is neither a port nor a range like 8000-8999");
        }
        return Integer.parseInt(digits);
    }

    private static boolean isNumber(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return false;
            }
        }
        return !digits.isEmpty() && digits.length() <= 5;
    }

    @Override
    public String toString() {
        return from == to ? String.valueOf(from) : from + "-" + to;
    }
}
