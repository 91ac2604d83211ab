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

class LoginCredentialTest {

    @Test
    void isTextForTheLibrary() {
        assertLent(LoginCredential.authKey("k"), "auth-key k\n");
        assertLent(LoginCredential.clientSecret("s?ephemeral=true"), "client-secret s?ephemeral=true\n");
        assertLent(LoginCredential.identity("c", "t", null), "client-id c\nid-token t\n");
        assertLent(LoginCredential.identity("c", null, "a"), "client-id c\naudience a\n");
        assertLent(LoginCredential.person(), "");
    }

    private static void assertLent(LoginCredential credential, String text) {
        try (credential) {
            assertThat(credential).hasToString("\u2022\u2022\u2022\u2022");
            List<Pointer> lent = new ArrayList<>();
            assertThat(credential.lend(pointer -> {
                        lent.add(pointer);
                        assertThat(pointer.getString(0)).isEqualTo(text);
                        assertThat(((Memory) pointer).size()).isEqualTo(text.length() + 1L);
                        return 3;
                    }))
                    .isEqualTo(3);
            assertThat(((Memory) lent.getFirst()).valid()).isFalse();
            credential.close();
        }
        assertThatThrownBy(() -> credential.lend(pointer -> 0)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "key\n", "key with space", "\u00ff", "a\u0000b"})
    void whatCannotBeAKeyIsRefusedWithoutShowingIt(String key) {
        assertThatThrownBy(() -> LoginCredential.authKey(key))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("key\n", "with", "\u00ff");
    }

    @Test
    void whatWouldBeAnotherLineIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> LoginCredential.authKey("key\nclient-id x"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("client-id x");
        assertThatThrownBy(() -> LoginCredential.clientSecret("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LoginCredential.identity("c", null, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LoginCredential.identity("c", "t", "a")).isInstanceOf(IllegalArgumentException.class);
    }
}
