package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationPrinterTest {
    @TempDir
    private Path directory;

    @Test
    void printsEverySettingWithItsSource() {
        var printed = Load.with()
                .file(directory, "hostname: box\nlisten: [1056, '[::1]:1056']\n")
                .variable("TS_STATE_DIR", "/var/lib/my box")
                .flag(Setting.ADVERTISE_TAGS, "tag:a,tag:b")
                .flag(Setting.DRAIN_TIMEOUT, "1500ms")
                .flag(Setting.EXPOSE, "3000,from=tag:ci,udp:5353")
                .flag(Setting.RUNTIME_DIR, "/run/box")
                .load()
                .print();
        assertThat(printed).isEqualTo("""
                        login-server: https://controlplane.tailscale.com  # default
                        hostname: box  # agent.yaml line 1
                        advertise-tags: [tag:a, tag:b]  # --advertise-tags (flag)
                        ephemeral: false  # default
                        state-dir: "/var/lib/my box"  # TS_STATE_DIR (environment)
                        accept-routes: true  # default
                        accept-dns: true  # default
                        advertise-routes: []  # default
                        shields-up: auto  # default
                        port: 0  # default
                        listen: [127.0.0.1:1056, "[::1]:1056"]  # agent.yaml line 2
                        socks5-listen: []  # default
                        http-listen: []  # default
                        dns-listen: []  # default
                        users-file: none  # default
                        status-listen: 127.0.0.1:9002  # default
                        forward: []  # default
                        expose: ["3000,from=tag:ci", udp:5353]  # --expose (flag)
                        policy: none  # default
                        allow-hosts: []  # default
                        block-hosts: []  # default
                        allow-cidrs: []  # default
                        block-cidrs: []  # default
                        private-direct: allow  # default
                        internet: direct  # default
                        exit-node: none  # default
                        drain-timeout: 1500ms  # --drain-timeout (flag)
                        max-connections: 10000  # default
                        max-connections-per-client: 0  # default
                        handshake-timeout: 10s  # default
                        dial-timeout: 15s  # default
                        idle-timeout: 0  # default
                        max-header-size: 32k  # default
                        runtime-dir: /run/box  # --runtime-dir (flag)
                        socket: /run/box/tailscaled.sock  # default
                        operator: none  # default
                        socket-others: read  # default
                        notify-fd: none  # default
                        log-level: info  # default
                        log-format: text  # default
                        audit-log: none  # default
                        audit-max-size: 100m  # default
                        audit-max-age: 86400s  # default
                        audit-keep: 10  # default
                        audit-fsync: false  # default
                        audit-on-failure: continue  # default
                        """);
    }

    @Test
    void whatIsPrintedCanBeRead() {
        var first = Load.with()
                .flag(Setting.LISTEN, "none")
                .flag(Setting.HTTP_LISTEN, "[::1]:3128")
                .flag(Setting.EXPOSE, "3000=10.0.0.5:80,from=tag:ci|a@b,proxy-protocol,udp:5353")
                .flag(Setting.STATE_DIR, "/var/lib/a \"b\" \\c")
                .load();
        var second = Load.with().file(directory, first.print()).load();
        // What was a default is said now, and so does not give way to the state any more.
        assertThat(second.settings())
                .usingRecursiveComparison()
                .ignoringFields("node.preferences.unsaid")
                .isEqualTo(first.settings());
    }
}
