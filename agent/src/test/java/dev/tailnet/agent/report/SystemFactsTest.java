package dev.tailnet.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SystemFactsTest {
    @Test
    void ofTheEnvironmentThereAreNamesOnly() {
        var facts = SystemFacts.gather(Map.of(
                "TS_AUTHKEY", "tskey-auth-hidden", "HTTPS_PROXY", "http://u:hidden@proxy", "PATH", "/usr/bin/hidden"));
        assertThat(facts)
                .contains("variables set: [HTTPS_PROXY, TS_AUTHKEY]")
                .contains("/proc/version: Linux version", "Max open files", "CapEff")
                .containsPattern("ip_local_port_range: [0-9]+\\s+[0-9]+\n")
                .doesNotContain("hidden");
    }
}
