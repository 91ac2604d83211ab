package dev.tailnet.proxy.policy.rules;

/**
 * Ports, both ends included.
 *
 * @param from 1 to {@code to}
 * @param to at most 65535
 */
public record PortRange(int from, int to) {
    static final int HIGHEST = 65_535;

    public PortRange {
        if (from < 1 || to > HIGHEST || from > to) {
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

    boolean contains(int port) {
        return from <= port && port <= to;
    }

    boolean covers(PortRange other) {
        return from <= other.from && other.to <= to;
    }

    private static int number(String digits, String text) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + text + "' is neither a port nor a range like 8000-8999");
        }
        return Integer.parseInt(digits);
    }

    @Override
    public String toString() {
        return from == to ? String.valueOf(from) : from + "-" + to;
    }
}
