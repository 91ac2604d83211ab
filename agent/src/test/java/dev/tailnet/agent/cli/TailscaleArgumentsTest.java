package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TailscaleArgumentsTest {

    @ParameterizedTest
    @CsvSource({
        "status -json, status --json",
        "status --json, status --json",
        "up -authkey=k --hostname=h, up --authkey=k --hostname=h",
        "ping -c 3 db, ping -c 3 db",
        "ping --c=3 db, ping -c=3 db",
        "ip -4, ip -4",
        "ip --4, ip -4",
        "--socket=/s status, status --socket=/s",
        "-socket /s ip -4, ip --socket=/s -4",
        "--socket /s ip, ip --socket=/s",
        "-V, version",
        "--version, version",
        "--help, --help",
        "nc -- -host 1, nc -- -host 1",
        "set --exit-node=, set --exit-node="
    })
    void gosFlagsBecomeOurs(String given, String translated) {
        assertThat(TailscaleArguments.translate(given.split(" "))).containsExactly(translated.split(" "));
    }
}
