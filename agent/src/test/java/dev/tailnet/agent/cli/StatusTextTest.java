package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StatusTextTest {

    @Test
    void showsEverythingOfARunningNode() throws Exception {
        var status = """
                {"state":"running","reason":"","name":"box","hostname":"box","dnsName":"box.tail.example",
                 "addresses":["100.64.0.1","fd7a:115c:a1e0::1"],"tags":["tag:a"],"keyExpiry":null,
                 "controlServer":"http://127.0.0.1:8080","derpHome":"hs",
                 "peers":[
                  {"name":"db","dnsName":"db.tail.example","addresses":["100.64.0.2"],"online":true,"os":"linux",
                   "path":"direct 127.0.0.1:4","lastSeen":null,"rxBytes":1,"txBytes":2},
                  {"name":"a-longer-name","addresses":["100.64.0.3"],"online":false,"path":"idle",
                   "lastSeen":"2026-01-02T03:04:05Z"}],
                 "listeners":[{"kind":"mixed","address":"127.0.0.1:1055"},{"kind":"status","address":"127.0.0.1:9002"}],
                 "connections":{"accepted":12,"rejected":0,"handshaking":0,"waiting":1,"tunnels":2,
                  "bytesUp":999,"bytesDown":1500000},
                 "exposed":[
                  {"port":"3000","target":"localhost:3000","from":[],"proxyProtocol":false},
                  {"port":"22","target":"10.0.0.5:2222","from":["tag:ops","node:web"],"proxyProtocol":true}],
                 "inbound":{"open":1,"accepted":5,"refused":3,"bytesUp":7,"bytesDown":8000},
                 "uptimeSeconds":90061,"version":{"agent":"0.1.0","tailscale":"tailscale.com v1.102.5","java":"25"},
                 "warnings":["clock"]}
                """;
        assertThat(StatusText.print(Json.parse(status), StatusDetail.SUMMARY)).isEqualTo("""
                        State:          running
                        Node:           box.tail.example
                        Addresses:      100.64.0.1, fd7a:115c:a1e0::1
                        Tags:           tag:a
                        Control server: http://127.0.0.1:8080
                        DERP home:      hs
                        Warning:        clock
                        Listening:      127.0.0.1:1055  mixed
                        Listening:      127.0.0.1:9002  status
                        Connections:    2 open, 1 waiting, 12 accepted; 999 B up, 1.5 MB down
                        Exposed:        3000 to localhost:3000
                        Exposed:        22 to 10.0.0.5:2222, from tag:ops, node:web, PROXY protocol
                        Inbound:        1 open, 5 accepted, 3 refused; 7 B up, 8.0 kB down
                        Version:        0.1.0, tailscale.com v1.102.5, Java 25
                        Up:             1 d 1 h 1 min 1 s

                        PEER           ADDRESS     ONLINE                         PATH
                        db             100.64.0.2  yes                            direct 127.0.0.1:4
                        a-longer-name  100.64.0.3  no, seen 2026-01-02T03:04:05Z  idle
                        """);
    }

    @Test
    void showsWhyANodeIsNotUpAndSkipsWhatIsUnknown() throws Exception {
        var status = "{\"state\":\"needs-login\",\"reason\":\"auth key rejected\",\"name\":null,\"hostname\":\"box\"}";
        assertThat(StatusText.print(Json.parse(status), StatusDetail.SUMMARY))
                .isEqualTo("State:          needs-login: auth key rejected\nNode:           box\n");
    }

    @Test
    void refusesWhatIsNoJsonObject() {
        assertThatThrownBy(() -> Json.parse("[]")).isInstanceOf(ControlException.class);
        assertThatThrownBy(() -> Json.parse("{\"a\":")).isInstanceOf(ControlException.class);
        assertThatThrownBy(() -> Json.parse("")).isInstanceOf(ControlException.class);
    }
}
