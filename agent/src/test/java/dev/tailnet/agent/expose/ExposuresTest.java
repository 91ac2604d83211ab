package dev.tailnet.agent.expose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.ExposeSpec;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExposuresTest {
    private static final List<InetSocketAddress> OWN = List.of(
            new InetSocketAddress("127.0.0.1", 9002),
            new InetSocketAddress("127.0.0.1", 1055),
            new InetSocketAddress("::1", 1055));

    @Test
    void speaksTheLibrarysWords() {
        assertThat(lines(
                        "3000",
                        "8765=127.0.0.1:9000,from=tag:ci|alice@example.com,proxy-protocol",
                        "udp:5353=[::1]:53,from=10.0.0.0/8"))
                .containsExactly(
                        "limit 7",
                        "tcp 3000 localhost:3000",
                        "tcp 8765 127.0.0.1:9000 from=tag:ci from=user:alice@example.com proxy-protocol",
                        "udp 5353 [::1]:53 from=10.0.0.0/8");
    }

    @Test
    void allLeavesOutTheAgentsOwnPorts() {
        assertThat(lines("all,from=web", "9002"))
                .containsExactly(
                        "limit 7",
                        "tcp all localhost from=node:web",
                        "tcp 9002 localhost:9002",
                        "tcp 1055 private",
                        "udp 1055 private",
                        "tcp 9002 private",
                        "udp 9002 private");
    }

    @Test
    void isKeptUntilThereIsANode() {
        var exposures = new Exposures(() -> null, List::of);
        exposures.apply(List.of(ExposeSpec.parse("3000")), 7);
        exposures.refresh();
        exposures.close();
        assertThat(exposures.current()).containsExactly(ExposeSpec.parse("3000"));
    }

    private static List<String> lines(String... texts) {
        return ExposureTable.lines(Stream.of(texts).map(ExposeSpec::parse).toList(), 7, false, OWN);
    }
}
