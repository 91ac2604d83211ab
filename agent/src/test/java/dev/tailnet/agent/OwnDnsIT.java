package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.DnsLookup;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.TestNetwork;
import java.net.InetSocketAddress;
import javax.naming.ServiceUnavailableException;
import org.junit.jupiter.api.Test;

/** An agent that is the system's resolver itself: {@code /etc/resolv.conf} of the namespace names 127.0.0.1. */
class OwnDnsIT {
    private static final InetSocketAddress DNS = new InetSocketAddress("127.0.0.1", 53);

    @Test
    void doesNotAskItself() throws Exception {
        try (TestNetwork network = TestNetwork.start();
                Peer peer = network.startPeer("web");
                AgentProcess agent = AgentProcess.in(network, "box")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .arguments("--dns-listen=127.0.0.1:53")
                        .startAndAwaitRunning()) {
            assertThat(DnsLookup.ask(DNS, "A", "web.tailnet.test")).containsExactly(peer.ipv4());
            for (String type : new String[] {"A", "TXT"}) {
                assertThatThrownBy(() -> DnsLookup.ask(DNS, type, "www.example.com"))
                        .isInstanceOf(ServiceUnavailableException.class);
            }
            AgentProcess.Said said = agent.verb("resolve", "www.example.com");
            assertThat(said.exitCode()).as("%s", said).isEqualTo(9);
            assertThat(said.output()).contains("this process's own DNS listener");
            // One that asked itself would have counted its own queries too, until none was answered any more.
            agent.awaitMetrics(
                    "tailnet_dns_queries_total\\{result=\"answered\"} 1.0",
                    "tailnet_dns_queries_total\\{result=\"failed\"} 2.0");
        }
    }
}
