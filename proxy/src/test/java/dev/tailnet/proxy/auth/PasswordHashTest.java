package dev.tailnet.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    /** Of {@code correct horse}, by {@code openssl passwd -6}. */
    static final String SHA512 =
            "$6$saltsalt$hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL5Vvwp2scFtv/uamSo5z0";

    @ParameterizedTest
    @CsvSource({
        "correct horse, " + SHA512,
        "correct horse, $5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/",
        "pw, $6$rounds=1000$abc$yxe0KSjmoHd8rpohJgwvF5lnIQ/9t.klcz24a1cca3nWm.PLUmhXgcGgKWCoRFHRHYxXj4SVEtjCnCAwaFY0V0",
        "pw, $5$rounds=1000$ab$pvoBecalA78StTh86CqG8MsZcI1O/fpecpCjMGNmZ.A",
        "Grüße, $6$rounds=1000$abcdefgh$GH1d6corYCQUIm3RIhq24MxNMRPtnnE0J5ypkalHQoe9WtgBK9TcEGbdqWk7yKmyJf7fgbQ0gtszxA32IuB.j1"
    })
    void knowsThePasswordOfAHashThatOtherProgramsMade(String password, String hash) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        PasswordHash parsed = PasswordHash.parse(hash);
        assertThat(parsed.matches(bytes)).isTrue();
        assertThat(bytes).as("untouched").isEqualTo(password.getBytes(StandardCharsets.UTF_8));
        assertThat(parsed.matches((password + "x").getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(parsed.matches(new byte[0])).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "$1$abc$def",
                "$2y$10$abcdefghijklmnopqrstuv",
                "$6$$abc",
                "$6$saltsalt$short",
                "$6$rounds=999$saltsalt$hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL5Vvwp2scFtv/uamSo5z0",
                "$6$rounds=999999999$saltsalt$hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL5Vvwp2scFtv/uamSo5z0",
                "$6$saltsaltsaltsaltsalt$hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL5Vvwp2scFtv/uamSo5z0"
            })
    void refusesOthersWithoutQuotingThem(String text) {
        assertThatThrownBy(() -> PasswordHash.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> {
                    if (text.length() > 3) {
                        assertThat(e.getMessage()).doesNotContain(text.substring(3));
                    }
                });
    }

    @Test
    void showsNothing() {
        assertThat(PasswordHash.parse(SHA512)).hasToString("SHA-512");
    }
}
