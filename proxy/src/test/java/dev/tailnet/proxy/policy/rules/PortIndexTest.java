package dev.tailnet.proxy.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortIndexTest {
    @Test
    void ofRulesThatDifferOnlyInTheirPortsTheFirstIsKept() {
        PortIndex index = index(rule("/", ports(1, 100)), rule("/", ports(50, 60), ports(55, 200)), rule("/"));
        assertThat(at(index, 1)).containsExactly(0);
        assertThat(at(index, 60)).containsExactly(0);
        assertThat(at(index, 101)).containsExactly(1);
        assertThat(at(index, 200)).containsExactly(1);
        assertThat(at(index, 201)).containsExactly(2);
        assertThat(at(index, 65_535)).containsExactly(2);
    }

    @Test
    void whereNothingHoldsThereIsNothing() {
        assertThat(at(index(), 443)).isEmpty();
        assertThat(at(index(rule("/", ports(80, 80))), 79)).isEmpty();
        assertThat(at(index(rule("/", ports(80, 80))), 81)).isEmpty();
    }

    /** Each could be the first to fit, as its path is its own: a piece for each port with all of them would have 12 million entries. */
    @Test
    void rulesThatAllOverlapDoNotTakeTheSquareOfTheirNumber() {
        int count = 5_000;
        PortIndex index = index(IntStream.rangeClosed(1, count)
                .mapToObj(i -> rule("/" + i, ports(i, 65_535)))
                .toArray(Rule[]::new));
        assertThat(index.orders()).hasSizeLessThan(20 * count);
        for (int port : new int[] {1, 2, 100, 4_999, 5_000, 60_000}) {
            assertThat(at(index, port))
                    .as("port %d", port)
                    .startsWith(IntStream.range(0, Math.min(port, count)).toArray());
        }
    }

    private static int[] at(PortIndex index, int port) {
        int piece = index.piece(port);
        return Arrays.copyOfRange(index.orders(), index.start(piece), index.end(piece));
    }

    private static PortIndex index(Rule... rules) {
        return PortIndex.of(List.of(rules), IntStream.range(0, rules.length).toArray());
    }

    private static PortRange ports(int from, int to) {
        return new PortRange(from, to);
    }

    private static Rule rule(String path, PortRange... ports) {
        return new Rule(
                path,
                "test",
                Direction.OUTBOUND,
                Effect.ALLOW,
                List.of(HostPattern.parse("a.test")),
                List.of(),
                new Condition(List.of(ports), Set.of(), Set.of(), Set.of(), List.of(new PathPrefix(path)), Set.of()),
                Optional.empty());
    }
}
