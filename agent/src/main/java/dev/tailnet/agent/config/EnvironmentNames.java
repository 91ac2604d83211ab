package dev.tailnet.agent.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of environment names: ours, those in use for tailscale's container image, and those of its library. */
final class EnvironmentNames {

    /** What a variable is to the agent. */
    sealed interface Meaning {

        /** It gives a setting; of two variables for one setting the earlier in the table wins. */
        record Value(Setting setting) implements Meaning {}

        /** As {@link Value}; set but empty it means none. */
        record ValueOrNone(Setting setting) implements Meaning {}

        /** Arguments as for {@code tailscale up}. */
        record ExtraArguments() implements Meaning {}

        /** Arguments as for {@code tailscaled}. */
        record DaemonArguments() implements Meaning {}

        /** It may only have this value, else the words apply. */
        record Expected(boolean value, String otherwise, boolean fatal) implements Meaning {}

        /** It asks for what the agent does not do: the words say what that is. */
        record Unsupported(String lost) implements Meaning {}
    }

    private static final Map<String, Meaning> TABLE = table();

    /** Names that only tune or debug the library, which reads them by itself, or that belong to tools beside the agent. */
    private static final List<String> PASSED = List.of(
            "TS_ASSUME_NETWORK_UP_FOR_TEST",
            "TS_BE_CLI",
            "TS_BIND_TO_INTERFACE_BY_ROUTE",
            "TS_BOOT_TIMEOUT",
            "TS_DERP_",
            "TS_DISABLE_",
            "TS_DISCO_",
            "TS_DNS_FORWARD_SKIP_TCP_RETRY",
            "TS_DEBUG_",
            "TS_ENABLE_RAW_DISCO",
            "TS_FORCE_",
            "TS_GO_NEXT",
            "TS_HOST_ENV",
            "TS_LOGS_DIR",
            "TS_LOG_",
            "TS_NETSTACK_",
            "TS_NO_LOGS_NO_SUPPORT",
            "TS_PANIC_IF_HIT_MAIN_CONTROL",
            "TS_PERMIT_",
            "TS_PORTLIST",
            "TS_TEST",
            "TS_TUN_DISABLE_",
            "TS_USE_");

    /** Of our prefix, but read elsewhere. */
    private static final List<String> OURS_ELSEWHERE =
            List.of("TAILNET_LIBRARY", "TAILNET_JAVA_HOME", "TAILNET_JAVA_OPTIONS");

    private static final List<String> SECRETS = List.of("TS_AUTHKEY", "TS_AUTH_KEY", "TS_CLIENT_SECRET", "TS_ID_TOKEN");

    private EnvironmentNames() {}

    private static Map<String, Meaning> table() {
        var table = new LinkedHashMap<String, Meaning>();
        Arrays.stream(Setting.values()).forEach(setting -> table.put(setting.variable(), new Meaning.Value(setting)));

        table.put("TS_AUTHKEY", new Meaning.Value(Setting.AUTH_KEY));
        table.put("TS_AUTH_KEY", new Meaning.Value(Setting.AUTH_KEY));
        table.put("TS_AUTHKEY_FILE", new Meaning.Value(Setting.AUTH_KEY_FILE));
        table.put("TS_EXTRA_ARGS", new Meaning.ExtraArguments());
        table.put("TS_HOSTNAME", new Meaning.Value(Setting.HOSTNAME));
        table.put("TS_CONTROL_URL", new Meaning.Value(Setting.LOGIN_SERVER));
        table.put("TS_STATE_DIR", new Meaning.Value(Setting.STATE_DIR));
        table.put("TS_SOCKS5_SERVER", new Meaning.Value(Setting.SOCKS5_LISTEN));
        table.put("TS_OUTBOUND_HTTP_PROXY_LISTEN", new Meaning.Value(Setting.HTTP_LISTEN));
        table.put("TS_SOCKET", new Meaning.Value(Setting.SOCKET));
        table.put("TS_LOCAL_ADDR_PORT", new Meaning.Value(Setting.STATUS_LISTEN));
        table.put("TS_CLIENT_ID", new Meaning.Value(Setting.CLIENT_ID));
        table.put("TS_CLIENT_SECRET", new Meaning.Value(Setting.CLIENT_SECRET));
        table.put("TS_ID_TOKEN", new Meaning.Value(Setting.ID_TOKEN));
        table.put("TS_AUDIENCE", new Meaning.Value(Setting.AUDIENCE));
        table.put("TS_ACCEPT_DNS", new Meaning.Value(Setting.ACCEPT_DNS));
        table.put("TS_ROUTES", new Meaning.ValueOrNone(Setting.ADVERTISE_ROUTES));
        table.put("TS_TAILSCALED_EXTRA_ARGS", new Meaning.DaemonArguments());

        table.put(OtlpReader.METRICS_ENDPOINT, new Meaning.Value(Setting.OTLP_ENDPOINT));
        table.put(OtlpReader.ENDPOINT, new Meaning.Value(Setting.OTLP_ENDPOINT));
        table.put(OtlpReader.METRICS_HEADERS, new Meaning.Value(Setting.OTLP_HEADERS));
        table.put(OtlpReader.HEADERS, new Meaning.Value(Setting.OTLP_HEADERS));
        table.put(OtlpReader.INTERVAL, new Meaning.Value(Setting.OTLP_INTERVAL));

        table.put(
                "TS_ENABLE_HEALTH_CHECK",
                new Meaning.Expected(true, "/healthz is always served; --status-listen=none turns it off", false));
        table.put(
                "TS_ENABLE_METRICS",
                new Meaning.Expected(true, "/metrics is always served; --status-listen=none turns it off", false));
        table.put(
                "TS_USERSPACE",
                new Meaning.Expected(
                        true,
                        "the agent works in user space only and makes no network interface. Unset it, or run tailscaled",
                        true));
        table.put(
                "TS_AUTH_ONCE",
                new Meaning.Expected(true, "the auth key is used only when a login is needed, never again", false));
        table.put("TS_DEST_IP", new Meaning.Unsupported("use --expose"));
        table.put("TS_EXPERIMENTAL_DEST_DNS_NAME", new Meaning.Unsupported("use --expose"));
        table.put("TS_TAILNET_TARGET_IP", new Meaning.Unsupported("no traffic is redirected into the tailnet"));
        table.put("TS_TAILNET_TARGET_FQDN", new Meaning.Unsupported("no traffic is redirected into the tailnet"));
        table.put("TS_SERVE_CONFIG", new Meaning.Unsupported("use --expose"));
        table.put("TS_KUBE_SECRET", new Meaning.Unsupported("state is kept in --state-dir or in memory"));
        table.put("TS_HEALTHCHECK_ADDR_PORT", new Meaning.Unsupported("use TS_LOCAL_ADDR_PORT or --status-listen"));
        table.put("TS_DEBUG_ADDR_PORT", new Meaning.Unsupported("no debug endpoint is served"));
        return table;
    }

    /** Returns what the table says of a name. */
    static Optional<Meaning> meaning(String name) {
        return Optional.ofNullable(TABLE.get(name));
    }

    /** The variables that the agent reads, first come first. */
    static Iterable<Map.Entry<String, Meaning>> entries() {
        return TABLE.entrySet();
    }

    /** Whether a name that the table does not have is nothing to warn of. */
    static boolean isPassed(String name) {
        if (name.startsWith("TAILNET_")) {
            return OURS_ELSEWHERE.contains(name) || isOfEntrypoint(name);
        }
        return !name.startsWith("TS_") || PASSED.stream().anyMatch(name::startsWith);
    }

    static Iterable<String> secrets() {
        return SECRETS;
    }

    /** Whether the value of a variable must not be seen. */
    static boolean isSecret(String name) {
        return SECRETS.contains(name)
                || TABLE.get(name) instanceof Meaning.Value(var setting)
                        && (CredentialReader.isSecret(setting) || setting == Setting.UPSTREAM_PROXY);
    }

    /** Read by tailnet-init, which takes them out of its own agent's environment; others may inherit them. */
    private static boolean isOfEntrypoint(String name) {
        return name.startsWith("TAILNET_ENTRYPOINT_");
    }

    static Iterable<String> names() {
        return TABLE.keySet();
    }
}
