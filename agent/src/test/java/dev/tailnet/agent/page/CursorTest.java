package dev.tailnet.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.observe.Ring;
import org.junit.jupiter.api.Test;

class CursorTest {
    private final Ring<String> ring = new Ring<>(3);
    private final Cursor<String> cursor = new Cursor<>(ring::after);

    @Test
    void everyItemIsEitherKnownOrNews() {
        ring.add("a");
        ring.add("b");
        cursor.skip();
        ring.add("c");

        assertThat(cursor.known()).containsExactly("a", "b");
        assertThat(cursor.news()).containsExactly("c");
        assertThat(cursor.news()).isEmpty();
        assertThat(cursor.known()).containsExactly("a", "b", "c");
    }

    @Test
    void nothingIsKnownOfASeriesThatHasRunAway() {
        cursor.skip();
        for (int i = 0; i < 10; i++) {
            ring.add(String.valueOf(i));
        }

        assertThat(cursor.known()).isEmpty();
        assertThat(cursor.news()).containsExactly("7", "8", "9");
    }
}
