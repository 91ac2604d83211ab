package dev.tailnet.agent.cli.manual;

import dev.tailnet.agent.config.Setting;
import java.util.Arrays;
import java.util.List;

/** The page of the file that {@code --config} names. */
public final class ConfigurationPage {
    private static final String NAME = "tailnet-agent.yaml";

    private ConfigurationPage() {}

    public static String fileName() {
        return NAME + ".5";
    }

    public static String text(Edition edition) {
        var page = new Roff(NAME, 5, edition, "File Formats");
        page.section("NAME").line(Roff.escape(NAME) + " \\- " + Roff.escape("configuration of tailnet-agent"));
        page.section("SYNOPSIS")
                .line(Roff.italic("/etc/tailnet-agent/agent.yaml"))
                .line(".br");
        page.line(Roff.bold("tailnet-agent run --config=") + Roff.italic("FILE"));
        page.section("DESCRIPTION")
                .paragraph(
                        "A file in YAML whose keys are the names of the flags of 'tailnet-agent run'. A list is one of"
                                + " YAML or comma-separated. Of several the first wins: a flag, a variable TAILNET_NAME, the file."
                                + " An unknown key, one that is there twice and a value that is none are errors, told with their line; the"
                                + " agent then ends with 2. 'tailnet-agent run --config=FILE --print-config' shows what is in effect,"
                                + " and where from.")
                .paragraph(
                        "SIGHUP has a running agent read it again. Of the keys below those marked (live) change then;"
                                + " the others need a restart, and the log names them. A file with errors changes nothing.")
                .paragraph("Secrets are better kept in files of their own, by auth-key-file and upstream-proxy-file.");
        page.section("KEYS");
        for (var group : Setting.Group.values()) {
            page.subsection(group.heading());
            Arrays.stream(Setting.values())
                    .filter(setting -> setting.group() == group && setting.isFileKey())
                    .forEach(setting -> page.tagged(
                            Roff.bold(setting.key()) + ": " + Roff.italic(setting.valueLabel()),
                            setting.description() + (setting.isLive() ? " (live)" : "")));
        }
        page.section("EXAMPLES")
                .verbatim(List.of(
                        "login-server: https://headscale.example.com",
                        "auth-key-file: /run/secrets/ts-authkey",
                        "hostname: build-{id}",
                        "advertise-tags: [tag:ci]",
                        "internet: deny",
                        "forward:",
                        "  - 5432=db.internal:5432"));
        page.section("SEE ALSO").line(Roff.bold("tailnet-agent-run") + "(1)");
        return page.toString();
    }
}
