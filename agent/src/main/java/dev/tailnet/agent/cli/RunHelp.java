package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.Setting;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
                        "Starts the agent in the foreground: the node joins the tailnet, and the proxies listen.",
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
        var text = new StringBuilder();
        for (var group : Setting.Group.values()) {
            var options = Arrays.stream(Setting.values())
                    .filter(setting -> setting.group() == group)
                    .map(setting -> help.commandSpec().findOption(setting.flag()))
                    .toList();
            text.append(group.ordinal() == 0 ? "" : "\n")
                    .append(group.heading())
                    .append(":\n")
                    .append(list(help, options));
        }
        var others = List.of(
                help.commandSpec().findOption(RunFlags.PRINT_CONFIG),
                help.commandSpec().findOption("--help"));
        return text.append(list(help, others)).toString();
    }

    private static String list(Help help, List<OptionSpec> options) {
        var layout = help.createDefaultLayout();
        layout.addOptions(options, help.parameterLabelRenderer());
        return layout.toString();
    }
}
