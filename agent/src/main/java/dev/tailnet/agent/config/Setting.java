package dev.tailnet.agent.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Every setting with all its names. A flag is {@code --NAME}, the key in a file is {@code NAME}, the variable
 * {@code TAILNET_NAME} in capitals; the other names are in use for tailscale and tailscaled.
 */
public enum Setting {
    AUTH_KEY_FILE("auth-key-file", Group.LOGIN, "PATH", "File that holds the auth key"),
    AUTH_KEY(
            "auth-key",
            Group.LOGIN,
            "KEY",
            "Auth key, or file:PATH. Other users may see it for a moment: prefer --auth-key-file or TS_AUTHKEY",
            "authkey"),
    CLIENT_SECRET(
            "client-secret",
            Group.LOGIN,
            "SECRET",
            "Secret of an OAuth client of Tailscale that makes the auth key, or file:PATH; needs --advertise-tags"),
    CLIENT_ID(
            "client-id",
            Group.LOGIN,
            "ID",
            "Federated identity of Tailscale that makes the auth key, with --id-token or --audience; needs"
                    + " --advertise-tags"),
    ID_TOKEN("id-token", Group.LOGIN, "TOKEN", "Token of the platform for --client-id, or file:PATH"),
    AUDIENCE(
            "audience",
            Group.LOGIN,
            "AUDIENCE",
            "Whom GitHub Actions or Google Cloud is asked to make such a token for"),
    LOGIN_SERVER(
            "login-server",
            Group.LOGIN,
            "URL",
            "Control server (default https://controlplane.tailscale.com)",
            "control-url"),
    HOSTNAME(
            "hostname",
            Group.LOGIN,
            "NAME",
            "Name of the node in the tailnet (default: that of the host); {id} in it is a short id of this sandbox,"
                    + " {env:VAR} a variable's value"),
    ADVERTISE_TAGS(
            "advertise-tags",
            Group.LOGIN,
            "TAGS",
            "Tags of the node, comma-separated or repeated: tag:ci,tag:web",
            "tag"),
    EPHEMERAL(
            "ephemeral",
            Group.LOGIN,
            "BOOL",
            "Let the control server forget the node when it stops (default: true without --state-dir)"),
    STATE_DIR(
            "state-dir",
            Group.LOGIN,
            "DIR",
            "Keep the node's identity here across restarts (default mem:, in memory only)",
            "statedir"),
    RESET_STATE(
            "reset-state",
            Group.LOGIN,
            "BOOL",
            "Move the state file of --state-dir aside first, as it is damaged: the node logs in anew"),
    ACCEPT_ROUTES("accept-routes", Group.LOGIN, "BOOL", "Use the subnet routes of other nodes (default true)"),
    ACCEPT_DNS(
            "accept-dns",
            Group.LOGIN,
            "BOOL",
            "Use the tailnet's DNS settings (default true); without them only names of nodes are known"),
    ADVERTISE_ROUTES(
            "advertise-routes",
            Group.LOGIN,
            "CIDRS",
            "Networks that the tailnet reaches through this node once they are approved, comma-separated or repeated"),
    SHIELDS_UP(
            "shields-up",
            Group.LOGIN,
            "BOOL",
            "Drop what comes from the tailnet unasked (default auto: while nothing is exposed or advertised)"),
    PORT("port", Group.LOGIN, "PORT", "UDP port of WireGuard (default 0: any)"),

    LISTEN(
            "listen",
            Group.LISTENERS,
            "ADDR",
            "SOCKS5 and HTTP proxy on one port, comma-separated or repeated (default 127.0.0.1:1055)"),
    SOCKS5_LISTEN("socks5-listen", Group.LISTENERS, "ADDR", "More listeners, SOCKS5 only", "socks5-server"),
    HTTP_LISTEN(
            "http-listen", Group.LISTENERS, "ADDR", "More listeners, HTTP proxy only", "outbound-http-proxy-listen"),
    DNS_LISTEN(
            "dns-listen",
            Group.LISTENERS,
            "ADDR",
            "DNS over UDP and TCP for the names that the proxies know, comma-separated or repeated (default none)"),
    USERS_FILE(
            "users-file",
            Group.LISTENERS,
            "FILE",
            "Let only these users in: lines NAME:HASH, the hash as 'openssl passwd -6' makes it"),
    STATUS_LISTEN(
            "status-listen", Group.LISTENERS, "ADDR", "Status, health and metrics over HTTP (default 127.0.0.1:9002)"),
    FORWARD(
            "forward",
            Group.LISTENERS,
            "SPEC",
            "Forward a local port to a target, comma-separated or repeated: [tcp:|udp:][ADDR:]PORT=HOST:PORT",
            "forwards"),

    EXPOSE(
            "expose",
            Group.INBOUND,
            "PORT",
            "Let the tailnet connect to a local service, comma-separated or repeated: 3000, 8765=127.0.0.1:9000, udp:5353"
                    + " or all; ,from=tag:ci|alice@example.com says who may, ,proxy-protocol has the service told the"
                    + " peer's address (default: nothing)"),

    UPSTREAM_PROXY_FILE("upstream-proxy-file", Group.UPSTREAM, "PATH", "File that holds the URL of --upstream-proxy"),
    UPSTREAM_PROXY(
            "upstream-proxy",
            Group.UPSTREAM,
            "URL",
            "Proxy that leads out of this network: http://[USER:PASSWORD@]HOST:PORT, socks5://..., file:PATH, or env for"
                    + " that of HTTPS_PROXY. Other users may see a password for a moment: prefer --upstream-proxy-file"),
    UPSTREAM_PROXY_FOR(
            "upstream-proxy-for",
            Group.UPSTREAM,
            "USES",
            "What goes through it: direct (targets outside the tailnet), control (control server and relays); default both"),
    UPSTREAM_NO_PROXY(
            "upstream-no-proxy",
            Group.UPSTREAM,
            "LIST",
            "What does not, as in NO_PROXY: example.com,.example.com,10.0.0.0/8,192.0.2.1:443 (default none; with env:"
                    + " NO_PROXY)"),

    POLICY(
            "policy",
            Group.POLICY,
            "FILE",
            "What may be reached, and by whom: mode, default and rules in YAML (default none: everything)"),
    ALLOW_HOSTS(
            "allow-hosts",
            Group.POLICY,
            "NAMES",
            "Allow these names, and what is not allowed no more: www.example.com, *.example.com (all below) or .example.com"
                    + " (itself and all below), comma-separated or repeated"),
    BLOCK_HOSTS("block-hosts", Group.POLICY, "NAMES", "Deny these names, whatever allows them"),
    ALLOW_CIDRS(
            "allow-cidrs", Group.POLICY, "BLOCKS", "Allow these addresses, as --allow-hosts does names: 10.0.0.0/8"),
    BLOCK_CIDRS("block-cidrs", Group.POLICY, "BLOCKS", "Deny these addresses, whatever allows them"),
    PRIVATE_DIRECT(
            "private-direct",
            Group.POLICY,
            "allow|deny",
            "What happens to private addresses outside the tailnet that no rule names (default allow; with a policy or an"
                    + " allow list, deny)"),
    INTERNET(
            "internet",
            Group.BEHAVIOUR,
            "direct|deny|exit-node",
            "What happens to targets outside the tailnet (default direct; with --exit-node, exit-node)"),
    EXIT_NODE(
            "exit-node",
            Group.BEHAVIOUR,
            "NAME|IP",
            "Peer that targets outside the tailnet are reached through (default none)"),
    DRAIN_TIMEOUT(
            "drain-timeout",
            Group.BEHAVIOUR,
            "TIME",
            "How long open connections may go on after the first stop signal (default 10s)"),
    MAX_CONNECTIONS("max-connections", Group.LIMITS, "NUMBER", "Open connections in all (default 10000)"),
    MAX_CONNECTIONS_PER_CLIENT(
            "max-connections-per-client",
            Group.LIMITS,
            "NUMBER",
            "Open connections of each user, or of each address where there are no users (default 0: no limit)"),
    HANDSHAKE_TIMEOUT(
            "handshake-timeout",
            Group.LIMITS,
            "TIME",
            "From a connection's accept to its complete request (default 10s)"),
    DIAL_TIMEOUT("dial-timeout", Group.LIMITS, "TIME", "For a target to be reached (default 15s)"),
    IDLE_TIMEOUT(
            "idle-timeout",
            Group.LIMITS,
            "TIME",
            "How long a tunnel may carry no byte (default 0: as long as it likes)"),
    MAX_HEADER_SIZE("max-header-size", Group.LIMITS, "SIZE", "Header of an HTTP request (default 32k)"),
    OTLP_ENDPOINT(
            "otlp-endpoint",
            Group.METRICS,
            "URL",
            "Push metrics there by OTLP over HTTP, /v1/metrics below it; also OTEL_EXPORTER_OTLP_ENDPOINT (default none)"),
    OTLP_HEADERS(
            "otlp-headers",
            Group.METRICS,
            "LIST",
            "Header fields for that: NAME=VALUE,NAME=VALUE with values percent-encoded, or file:PATH; also"
                    + " OTEL_EXPORTER_OTLP_HEADERS (default none)"),
    OTLP_INTERVAL("otlp-interval", Group.METRICS, "TIME", "How often; and once more at the end (default 60s)"),
    RUNTIME_DIR("runtime-dir", Group.BEHAVIOUR, "DIR", "Directory of the control socket (default: one of your own)"),
    SOCKET(
            "socket",
            Group.BEHAVIOUR,
            "PATH",
            "Unix socket that the tailscale command talks to (default tailscaled.sock in --runtime-dir)"),
    OPERATOR(
            "operator",
            Group.BEHAVIOUR,
            "USER",
            "User, by name or number, who may change the node over --socket, beside root and the agent's own (default"
                    + " none)"),
    SOCKET_OTHERS(
            "socket-others", Group.BEHAVIOUR, "read|none", "What all other users may do over --socket (default read)"),
    NOTIFY_FD(
            "notify-fd",
            Group.BEHAVIOUR,
            "FD",
            "Write a line to this file descriptor once the node is up and the proxies listen, as s6 wants to be told (default"
                    + " none)"),
    LOG_LEVEL("log-level", Group.BEHAVIOUR, "LEVEL", "error, warn, info, debug or trace (default info)"),
    LOG_FORMAT("log-format", Group.BEHAVIOUR, "text|json", "How a line of the log on stderr looks (default text)"),

    AUDIT_LOG(
            "audit-log",
            Group.AUDIT,
            "FILE|stdout|journald|unix:PATH",
            "Where each decision and each end is told, a line of JSON each (default none); 'audit' shows them"),
    AUDIT_MAX_SIZE(
            "audit-max-size", Group.AUDIT, "SIZE", "From which size on a file is rotated (default 100m; 0: never)"),
    AUDIT_MAX_AGE("audit-max-age", Group.AUDIT, "TIME", "From which age on a file is rotated (default 24h; 0: never)"),
    AUDIT_KEEP("audit-keep", Group.AUDIT, "NUMBER", "How many rotated files are left (default 10; 0: all)"),
    AUDIT_FSYNC("audit-fsync", Group.AUDIT, "BOOL", "Have what is written reach the disk at once (default false)"),
    AUDIT_ON_FAILURE(
            "audit-on-failure",
            Group.AUDIT,
            "continue|not-ready|block",
            "While nothing can be written requests go on, and lines may be lost (continue); also /readyz says so"
                    + " (not-ready); or they wait and then fail (block). Default continue"),

    CONFIG("config", Group.CONFIGURATION, "FILE", "YAML file whose keys are the names of these flags");

    /** The sections of {@code run --help}. */
    public enum Group {
        LOGIN("Node and login"),
        LISTENERS("Listeners"),
        INBOUND("From the tailnet"),
        UPSTREAM("Upstream proxy"),
        POLICY("Policy"),
        LIMITS("Limits"),
        METRICS("Metrics"),
        BEHAVIOUR("Behaviour"),
        AUDIT("Audit"),
        CONFIGURATION("Configuration");

        private final String heading;

        Group(String heading) {
            this.heading = heading;
        }

        public String heading() {
            return heading;
        }
    }

    private static final Set<Setting> SWITCHES =
            EnumSet.of(EPHEMERAL, ACCEPT_ROUTES, ACCEPT_DNS, SHIELDS_UP, RESET_STATE, AUDIT_FSYNC);

    private static final Set<Setting> LIVE = EnumSet.of(
            FORWARD,
            USERS_FILE,
            EXPOSE,
            POLICY,
            ALLOW_HOSTS,
            BLOCK_HOSTS,
            ALLOW_CIDRS,
            BLOCK_CIDRS,
            PRIVATE_DIRECT,
            DRAIN_TIMEOUT,
            MAX_CONNECTIONS,
            MAX_CONNECTIONS_PER_CLIENT,
            HANDSHAKE_TIMEOUT,
            DIAL_TIMEOUT,
            IDLE_TIMEOUT,
            MAX_HEADER_SIZE,
            LOG_LEVEL,
            LOG_FORMAT);

    private final String key;
    private final Group group;
    private final String valueLabel;
    private final String description;
    private final List<String> aliases;

    Setting(String key, Group group, String valueLabel, String description, String... aliases) {
        this.key = key;
        this.group = group;
        this.valueLabel = valueLabel;
        this.description = description;
        this.aliases = List.of(aliases);
    }

    /** The name without dashes before it. */
    public String key() {
        return key;
    }

    public Group group() {
        return group;
    }

    public String valueLabel() {
        return valueLabel;
    }

    public String description() {
        return description;
    }

    /** Other spellings of {@link #key}. */
    public List<String> aliases() {
        return aliases;
    }

    public String flag() {
        return "--" + key;
    }

    public String variable() {
        return "TAILNET_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Whether it takes several values, comma-separated or repeated. */
    public boolean isList() {
        return switch (this) {
            case ADVERTISE_TAGS,
                    ADVERTISE_ROUTES,
                    LISTEN,
                    SOCKS5_LISTEN,
                    HTTP_LISTEN,
                    DNS_LISTEN,
                    FORWARD,
                    EXPOSE,
                    ALLOW_HOSTS,
                    BLOCK_HOSTS,
                    ALLOW_CIDRS,
                    BLOCK_CIDRS,
                    UPSTREAM_PROXY_FOR,
                    UPSTREAM_NO_PROXY -> true;
            case AUTH_KEY_FILE,
                    AUTH_KEY,
                    CLIENT_SECRET,
                    CLIENT_ID,
                    ID_TOKEN,
                    AUDIENCE,
                    LOGIN_SERVER,
                    HOSTNAME,
                    EPHEMERAL,
                    STATE_DIR,
                    RESET_STATE,
                    ACCEPT_ROUTES,
                    ACCEPT_DNS,
                    SHIELDS_UP,
                    PORT,
                    USERS_FILE,
                    STATUS_LISTEN,
                    UPSTREAM_PROXY_FILE,
                    UPSTREAM_PROXY,
                    POLICY,
                    PRIVATE_DIRECT,
                    INTERNET,
                    EXIT_NODE,
                    DRAIN_TIMEOUT,
                    MAX_CONNECTIONS,
                    MAX_CONNECTIONS_PER_CLIENT,
                    HANDSHAKE_TIMEOUT,
                    DIAL_TIMEOUT,
                    IDLE_TIMEOUT,
                    MAX_HEADER_SIZE,
                    OTLP_ENDPOINT,
                    OTLP_HEADERS,
                    OTLP_INTERVAL,
                    RUNTIME_DIR,
                    SOCKET,
                    OPERATOR,
                    SOCKET_OTHERS,
                    NOTIFY_FD,
                    LOG_LEVEL,
                    LOG_FORMAT,
                    AUDIT_LOG,
                    AUDIT_MAX_SIZE,
                    AUDIT_MAX_AGE,
                    AUDIT_KEEP,
                    AUDIT_FSYNC,
                    AUDIT_ON_FAILURE,
                    CONFIG -> false;
        };
    }

    /** Whether the bare flag means true. */
    public boolean isSwitch() {
        return SWITCHES.contains(this);
    }

    /** Whether a running agent takes over a change, when it reads its configuration again. */
    public boolean isLive() {
        return LIVE.contains(this);
    }

    /** Whether an item of it may have keys of its own in a file. */
    boolean takesObjects() {
        return this == EXPOSE;
    }

    /** Whether it may stand in a file. */
    public boolean isFileKey() {
        return this != CONFIG;
    }

    boolean isCalled(String name) {
        return key.equals(name) || aliases.contains(name);
    }
}
