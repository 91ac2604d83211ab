package dev.tailnet.testnet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.testnet.bench.BenchOptions.Group;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {
    @Test
    void everythingIsMeasuredByDefault() {
        assertThat(BenchOptions.parse().groups()).containsExactly(Group.values());
        assertThat(BenchOptions.parse().noise()).isFalse();
    }

    @Test
    void onlyTakesAList() {
        assertThat(BenchOptions.parse("--only", "latency, memory").groups())
                .containsExactlyInAnyOrder(Group.LATENCY, Group.MEMORY);
        assertThat(BenchOptions.parse("--only=start").groups()).containsExactly(Group.START);
    }

    @Test
    void quickIsShorter() {
        assertThat(BenchOptions.parse("--quick").rounds())
                .isLessThan(BenchOptions.parse().rounds());
    }

    @Test
    void allRunsTogetherFitIntoTheNetstacksPorts() {
        for (var options : new BenchOptions[] {BenchOptions.parse(), BenchOptions.parse("--quick")}) {
            assertThat(options.rounds() * options.connections()).isLessThan(40_000);
        }
    }

    @Test
    void whatIsUnknownIsNamed() {
        assertThatThrownBy(() -> BenchOptions.parse("--only", "speed"))
                .hasMessage(
                        "nothing is called 'speed'; there are size, start, memory, throughput, latency, connections, http");
        assertThatThrownBy(() -> BenchOptions.parse("--fast")).hasMessageContaining("unknown argument '--fast'");
        assertThatThrownBy(() -> BenchOptions.parse("--only")).hasMessageContaining("--only needs a list");
    }
}
