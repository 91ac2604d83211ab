package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WhoisTextTest {

    @Test
    void isWhatTailscalePrintsOfAUsersNode() throws Exception {
        var who = """
                {"Node":{"Name":"db.tail.example.","StableID":"n1","Addresses":["100.64.0.2/32","fd7a::2/128"],
                  "AllowedIPs":["100.64.0.2/32","fd7a::2/128"]},
                 "UserProfile":{"ID":7,"LoginName":"alice@example.com"},
                 "CapMap":{"b":[],"a":[{"x":1}]}}
                """;
        assertThat(WhoisText.print(Json.parse(who))).isEqualTo("""
                Machine:
                  Name:          db.tail.example
                  ID:            n1
                  Addresses:     [100.64.0.2/32 fd7a::2/128]
                User:
                  Name:     alice@example.com
                  ID:       7
                Capabilities:
                  - a:
                      [
                        {
                          "x": 1
                        }
                      ]
                  - b
                """);
    }

    @Test
    void isWhatTailscalePrintsOfATaggedRouter() throws Exception {
        var who = """
                {"Node":{"Name":"gw.","StableID":"n1","Addresses":["100.64.0.2/32"],"Tags":["tag:a","tag:b"],
                  "AllowedIPs":["100.64.0.2/32","fd7a::2/128","10.0.0.0/8"]}}
                """;
        assertThat(WhoisText.print(Json.parse(who))).isEqualTo("""
                Machine:
                  Name:           gw
                  ID:             n1
                  Addresses:      [100.64.0.2/32]
                  AllowedIPs:     [10.0.0.0/8]
                  Tags:           tag:a, tag:b
                """);
    }
}
