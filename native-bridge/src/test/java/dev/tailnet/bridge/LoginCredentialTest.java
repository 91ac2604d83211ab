package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
            assertThat(credential.lend(pointer -> {
                        assertThat(pointer.getString(0)).isEqualTo(text);
                        return 3;
                    }))
                    .isEqualTo(3);
        }
        assertThatThrownBy(() -> credential.lend(pointer -> 0)).isInstanceOf(IllegalStateException.class);
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
