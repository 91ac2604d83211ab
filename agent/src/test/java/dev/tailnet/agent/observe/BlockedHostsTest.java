package dev.tailnet.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlockedHostsTest {
    private final BlockedHosts hosts = new BlockedHosts(4);

    @Test
    void theMostOftenRefusedComeFirst() {
        add("a.test", 1);
        add("b.test", 3);
        add("c.test", 2);

        assertThat(hosts.top(2)).containsExactly(new BlockedHost("b.test", 3), new BlockedHost("c.test", 2));
    }

    @Test
    void aFloodOfNamesDoesNotHideTheOneThatIsAskedForAllTheTime() {
        for (int i = 0; i < 10_000; i++) {
            add("often.test", 1);
            add("name-" + i + ".test", 1);
        }

        assertThat(hosts.top(100)).hasSize(4);
        assertThat(hosts.top(1)).singleElement().satisfies(first -> {
            assertThat(first.host()).isEqualTo("often.test");
            assertThat(first.times()).isGreaterThanOrEqualTo(10_000);
        });
    }

    private void add(String host, int times) {
        for (int i = 0; i < times; i++) {
            hosts.add(host);
        }
    }
}
