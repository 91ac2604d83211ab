package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.request.AddressText;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    @ParameterizedTest
    @CsvSource({
        "1055, 127.0.0.1:1055",
        ":1055, 127.0.0.1:1055",
        "0, 127.0.0.1:0",
        "localhost:1080, 127.0.0.1:1080",
        "127.0.0.1:0, 127.0.0.1:0",
        "127.0.0.2:65535, 127.0.0.2:65535",
        "0.0.0.0:1055, 0.0.0.0:1055",
        "[::1]:1055, [::1]:1055",
        "[::]:9002, [::]:9002",
    })
    void reads(String text, String expected) {
        assertThat(AddressText.of(Addresses.parse(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "localhost",
                "localhost:",
                "127.0.0.1",
                "127.0.0.1:x",
                "127.0.0.1:-1",
                "127.0.0.1:65536",
                "127.0.0.256:1",
                "::1:1055",
                "[::1]",
                "[::1:1055",
                "[1.2.3.4]:80",
                "example.com:1055",
                "http://127.0.0.1:1055",
                "127.0.0.1:1055 ",
            })
    void refuses(String text) {
        assertThatThrownBy(() -> Addresses.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:1, 127.0.0.1:1, true",
        "127.0.0.1:1, 0.0.0.0:1, true",
        "127.0.0.1:1, 127.0.0.2:1, false",
        "127.0.0.1:1, 127.0.0.1:2, false",
        "127.0.0.1:0, 127.0.0.1:0, false",
    })
    void knowsWhatCannotBothBeBound(String one, String other, boolean collide) {
        assertThat(Addresses.collide(Addresses.parse(one), Addresses.parse(other)))
                .isEqualTo(collide);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:1055, 127.0.0.1:1055",
        "[::]:1055, [::1]:1055",
        "[::1]:1055, [::1]:1055",
        "192.0.2.1:1055, 192.0.2.1:1055",
    })
    void aListenerOnEveryAddressIsReachedOnLoopback(String listener, String reachable) {
        assertThat(Addresses.reachable(listener)).isEqualTo(reachable);
    }
}
