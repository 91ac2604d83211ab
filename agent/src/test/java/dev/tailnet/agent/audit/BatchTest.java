package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final Batch batch = new Batch();

    private void add(String... lines) {
        for (String line : lines) {
            batch.add(line.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    @Test
    void isTakenInBytesOrLines() {
        add("one", "two", "three");
        assertThat(text(batch.rest())).isEqualTo("one\ntwo\nthree\n");
        batch.take(4);
        assertThat(text(batch.nextLine())).isEqualTo("two");
        batch.takeLine();
        assertThat(text(batch.nextLine())).isEqualTo("three");
        assertThat(batch.isTaken()).isFalse();
        batch.takeLine();
        assertThat(batch.isTaken()).isTrue();
        assertThat(batch.lines()).isEqualTo(3);
    }

    @Test
    void aTornLineBeginsAnew() {
        add("one", "two", "three");
        batch.take(6);
        assertThat(batch.takeBackTornLine()).isEqualTo(2);
        assertThat(text(batch.rest())).isEqualTo("two\nthree\n");
        assertThat(batch.takeBackTornLine()).isZero();
        batch.take(4);
        assertThat(batch.takeBackTornLine()).isZero();
        batch.take(6);
        assertThat(batch.takeBackTornLine()).isZero();
        assertThat(batch.isTaken()).isTrue();
    }

    @Test
    void growsAndStartsAgain() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1000; i++) {
                add("line number " + i + " " + "x".repeat(100));
            }
            assertThat(text(batch.rest()).lines()).hasSize(1000);
            batch.take(batch.size());
            assertThat(batch.isTaken()).isTrue();
            batch.clear();
            assertThat(batch.isTaken()).isTrue();
            assertThat(batch.lines()).isZero();
        }
    }
}
