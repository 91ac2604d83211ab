package dev.tailnet.proxy.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakCheckTest {

    @Test
    void findsALeak() {
        leak();
        assertThatThrownBy(LeakCheck::check).hasMessageStartingWith("buffers leaked: ");
    }

    private static void leak() {
        for (int i = 0; i < 10; i++) {
            ByteBufAllocator.DEFAULT.directBuffer(1);
        }
    }
}
