package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthKeyTest {

    @Test
    void lendsACStringAndWipesIt() {
        try (AuthKey key = AuthKey.of("tskey-1")) {
            List<Pointer> lent = new ArrayList<>();
            int result = key.lend(pointer -> {
                lent.add(pointer);
                assertThat(pointer.getString(0)).isEqualTo("tskey-1");
                assertThat(((Memory) pointer).size()).isEqualTo(8);
                return 3;
            });
            assertThat(result).isEqualTo(3);
            assertThat(((Memory) lent.getFirst()).valid()).isFalse();
        }
    }

    @Test
    void isGoneOnceClosed() {
        AuthKey key = AuthKey.of("tskey-1");
        key.close();
        key.close();
        assertThatThrownBy(() -> key.lend(pointer -> 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesTheCallersArrayAlone() {
        char[] chars = {'a', 'b'};
        AuthKey.of(chars).close();
        assertThat(chars).containsExactly('a', 'b');
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "key\n", "key with space", "\u00ff", "a\u0000b"})
    void whatCannotBeAKeyIsRefusedWithoutShowingIt(String key) {
        assertThatThrownBy(() -> AuthKey.of(key))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("key\n", "with", "\u00ff");
    }
}
