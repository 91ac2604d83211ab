package dev.tailnet.agent.cli.prefs;

import java.util.List;
import java.util.Locale;

/** A preference of the node that a flag of {@code up}, {@code login} and {@code set} changes. Values are texts, as in flags. */
public enum Preference {
    HOSTNAME(Kind.TEXT, "NAME", "Name of the node", Otherwise.KEPT),
    ADVERTISE_TAGS(Kind.LIST, "TAGS", "Tags of the node, as in tag:ci,tag:web", Otherwise.EMPTY, "tag", "tags"),
    ACCEPT_ROUTES(Kind.SWITCH, "BOOL", "Use the subnet routes of other nodes", Otherwise.TRUE),
    ACCEPT_DNS(Kind.SWITCH, "BOOL", "Use the tailnet's DNS settings", Otherwise.TRUE),
    EXIT_NODE(Kind.TEXT, "NAME|IP|auto:any", "Reach the internet through this peer; empty for none", Otherwise.EMPTY),
    EXIT_NODE_ALLOW_LAN_ACCESS(Kind.SWITCH, "BOOL", "Reach the local network past the exit node", Otherwise.FALSE),
    SHIELDS_UP(Kind.SWITCH, "BOOL", "Let nothing in from the tailnet", Otherwise.KEPT),
    ADVERTISE_ROUTES(
            Kind.LIST, "CIDRS", "Offer routes to these networks, as in 10.0.0.0/8,192.168.0.0/24", Otherwise.EMPTY),
    ADVERTISE_EXIT_NODE(Kind.SWITCH, "BOOL", "Offer to be an exit node", Otherwise.FALSE),
    LOGIN_SERVER(Kind.TEXT, "URL", "Control server", Otherwise.KEPT),
    OPERATOR(Kind.TEXT, "USER", "The user who may change the node beside root and the agent's own", Otherwise.EMPTY);

    /** What values look like. */
    public enum Kind {
        SWITCH,
        TEXT,
        /** Of elements between commas. */
        LIST
    }

    /** What {@code up} makes of a preference that its flags do not mention. */
    private enum Otherwise {
        /** The agent's own settings decide on it: it stays as it is. */
        KEPT,
        EMPTY,
        TRUE,
        FALSE
    }

    private final Kind kind;
    private final String valueLabel;
    private final String description;
    private final Otherwise otherwise;
    private final List<String> aliases;

    Preference(Kind kind, String valueLabel, String description, Otherwise otherwise, String... aliases) {
        this.kind = kind;
        this.valueLabel = valueLabel;
        this.description = description;
        this.otherwise = otherwise;
        this.aliases = List.of(aliases);
    }

    public Kind kind() {
        return kind;
    }

    /** {@code --accept-routes}. */
    public String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Other spellings of the flag. */
    public List<String> aliases() {
        return aliases.stream().map(alias -> "--" + alias).toList();
    }

    public String valueLabel() {
        return valueLabel;
    }

    public String description() {
        return description;
    }

    /** The value that it has without being mentioned. */
    String byDefault(String current) {
        return switch (otherwise) {
            case KEPT -> current;
            case EMPTY -> "";
            case TRUE -> "true";
            case FALSE -> "false";
        };
    }
}
