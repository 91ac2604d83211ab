package dev.tailnet.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RingTest {
    private final Ring<Integer> ring = new Ring<>(3);

    @Test
    void keepsTheLast() {
        add(5);

        assertThat(ring.after(0)).isEqualTo(new Ring.Part<>(5, java.util.List.of(3, 4, 5)));
    }

    @Test
    void tellsOnlyWhatIsNew() {
        add(2);
        assertThat(ring.after(1).items()).containsExactly(2);
        assertThat(ring.after(2).items()).isEmpty();

        ring.add(3);
        ring.add(4);
        assertThat(ring.after(2).items()).containsExactly(3, 4);
    }

    @Test
    void whatIsGoneIsNotWaitedFor() {
        add(9);

        assertThat(ring.after(2).items()).containsExactly(7, 8, 9);
    }

    @Test
    void aNumberBeyondTheEndHasNothingAfterIt() {
        assertThat(ring.after(Long.MAX_VALUE)).isEqualTo(new Ring.Part<>(0, java.util.List.of()));
        add(4);
        assertThat(ring.after(Long.MAX_VALUE)).isEqualTo(new Ring.Part<>(4, java.util.List.of()));
    }

    private void add(int last) {
        IntStream.rangeClosed(1, last).forEach(ring::add);
    }
}
