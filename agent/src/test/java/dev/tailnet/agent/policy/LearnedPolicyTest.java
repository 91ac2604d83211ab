package dev.tailnet.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.rules.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LearnedPolicyTest {
    @Test
    void allowsWhatWasSeenAndNoMore() {
        var learned = new LearnedPolicy();
        learned.read(line("socks5", null, "api.example.com", 443, true, "allow", "default", true));
        learned.read(line("http_connect", null, "api.example.com", 443, true, "allow", "default", true));
        learned.read(line("socks5", null, "www.example.com", 443, true, "fail", null, false));
        learned.read(line("socks5", null, "198.51.100.7", 22, false, "allow", null, false));
        learned.read(line("socks5_udp", "ci", "ns.example.com", 53, true, "allow", null, false));
        learned.read(line("socks5", null, "ads.example.com", 443, true, "allow", "no ads", true));
        learned.read(line("socks5", null, "127.0.0.1", 80, false, "deny", "loopback", false));
        learned.read("{\"event\":\"start\"}");
        learned.read("torn");
        String yaml = learned.yaml("audit.jsonl");
        assertThat(yaml).isEqualTo("""
                        # Learned from 7 requests in audit.jsonl.
                        # 1 lines were not JSON.
                        # Left out, as it was denied: 127.0.0.1 port 80, rule loopback
                        # Left out, as it was denied: ads.example.com port 443, rule no ads
                        mode: enforce
                        default: deny
                        rules:
                          - name: learned-tcp-22-by-address
                            action: allow
                            cidrs: ['198.51.100.7']
                            by-address: true
                            ports: 22
                            protocols: tcp
                          - name: learned-tcp-443
                            action: allow
                            hosts: ['api.example.com', 'www.example.com']
                            ports: 443
                            protocols: tcp
                          - name: learned-ci-udp-53
                            action: allow
                            hosts: ['ns.example.com']
                            ports: 53
                            protocols: udp
                            roles: 'ci'
                        """);
        PolicyDocument document = PolicyFile.read("learned", yaml);
        assertThat(document.problems()).isEmpty();
        assertThat(document.rules().rules()).extracting(Rule::name).contains("learned-tcp-443");
    }

    @Test
    void nothingSeenIsNothingAllowed() {
        PolicyDocument document = PolicyFile.read("learned", new LearnedPolicy().yaml("empty"));
        assertThat(document.problems()).isEmpty();
        assertThat(document.rules().rules()).isEmpty();
    }

    private static String line(
            String protocol,
            @Nullable String role,
            String host,
            int port,
            boolean isName,
            String decision,
            @Nullable String rule,
            boolean wouldDeny) {
        return "{\"event\":\"decision\",\"protocol\":\"" + protocol + "\",\"role\":" + json(role) + ",\"host\":\""
                + host
                + "\",\"port\":" + port + ",\"name\":" + json(isName ? host : null) + ",\"addresses\":[\"192.0.2.1\"],"
                + "\"process\":{\"pid\":1},\"decision\":\"" + decision + "\",\"rule\":" + json(rule)
                + (wouldDeny ? ",\"wouldDeny\":\"it is denied\"" : "") + "}";
    }

    private static String json(@Nullable String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }
}
