package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.Setting;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help of {@code run}: its flags in groups. */
final class RunHelp {
    private RunHelp() {}

    static void addTo(CommandSpec spec) {
        var sections = new HashMap<>(spec.usageMessage().sectionMap());
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, RunHelp::options);
        spec.usageMessage()
                .sectionMap(sections)
                .customSynopsis("tailnet-agent run [FLAGS]")
                .description(
                        "Starts the agent in the foreground: its node joins the tailnet, its proxies listen.",
                        "",
                        "A flag --NAME is also the variable TAILNET_NAME and the key NAME of the YAML file that --config names;"
                                + " of several the first wins in the order flag, environment, file."
                                + " Variables of tailscale's container image work as they are: TS_AUTHKEY, TS_HOSTNAME,"
                                + " TS_STATE_DIR, TS_EXTRA_ARGS, TS_SOCKS5_SERVER, TS_OUTBOUND_HTTP_PROXY_LISTEN,"
                                + " TS_LOCAL_ADDR_PORT.",
                        "",
                        "ADDR is PORT, HOST:PORT or [IPv6]:PORT; without HOST it is 127.0.0.1, port 0 picks a free one,"
                                + " and none turns --listen or --status-listen off.")
                .footer(
                        "",
                        "SIGTERM and SIGINT stop the agent gracefully, a second one at once. SIGHUP makes it read its configuration"
                                + " again: forwards, what is exposed, users, limits, drain timeout and log change without a"
                                + " restart, and what needs one is named in the log.",
                        "",
                        "Examples:",
                        "  TS_AUTHKEY=tskey-... tailnet-agent run --hostname=sandbox-1",
                        "  tailnet-agent run --auth-key-file=/run/secrets/key --state-dir=/var/lib/tailnet-agent",
                        "  tailnet-agent run --login-server=https://headscale.example.com --internet=deny",
                        "  tailnet-agent run --config=agent.yaml --print-config");
    }

    private static String options(Help help) {
        return groups(help.commandSpec()).entrySet().stream()
                .map(group -> {
                    var layout = help.createDefaultLayout();
                    layout.addOptions(group.getValue(), help.parameterLabelRenderer());
                    return group.getKey() + ":\n" + layout;
                })
                .collect(Collectors.joining("\n"));
    }

    /** The flags of {@code run} by heading. */
    static Map<String, List<OptionSpec>> groups(CommandSpec spec) {
        var groups = new LinkedHashMap<String, List<OptionSpec>>();
        for (var group : Setting.Group.values()) {
            var flags = Arrays.stream(Setting.values())
                    .filter(setting -> setting.group() == group)
                    .map(Setting::flag);
            var others = group == Setting.Group.CONFIGURATION
                    ? Stream.of(RunFlags.PRINT_CONFIG, "--help")
                    : Stream.<String>of();
            groups.put(
                    group.heading(),
                    Stream.concat(flags, others).map(spec::findOption).toList());
        }
        return groups;
    }
}
