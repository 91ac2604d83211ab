package dev.tailnet.proxy.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostSyntaxTest {

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.Com., example.com",
        "a, a",
        "_ldap._tcp.example.com, _ldap._tcp.example.com",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "bücher.example, xn--bcher-kva.example",
        "BÜCHER.example, xn--bcher-kva.example",
        "例え。テスト, xn--r8jz45g.xn--zckzah",
        "ＥＸＡＭＰＬＥ.com, example.com",
        "1and1.com, 1and1.com",
        "3com, 3com",
        "0x, ",
        "0xyz.example, 0xyz.example",
        "10.0.0.1.example, 10.0.0.1.example"
    })
    void namesHaveOneSpelling(String text, String name) throws Exception {
        if (name == null) {
            assertThatThrownBy(() -> HostSyntax.parse(text)).isInstanceOf(ConnectFailure.class);
        } else {
            assertThat(HostSyntax.parse(text)).isEqualTo(new Host.Name(name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "127.0.0.1., 127.0.0.1",
        "127.1, 127.0.0.1",
        "0x7f.1, 127.0.0.1",
        "0X7F.1, 127.0.0.1",
        "2130706433, 127.0.0.1",
        "0x7f000001, 127.0.0.1",
        "017700000001, 127.0.0.1",
        "0177.0.0.01, 127.0.0.1",
        "169.254.43518, 169.254.169.254",
        "0, 0.0.0.0",
        "１２７.０.０.１, 127.0.0.1",
        "127。0。0。1, 127.0.0.1",
        "::1, ::1",
        "[::1], ::1",
        "[FD7A:115C:A1E0::1], fd7a:115c:a1e0::1",
        "::ffff:127.0.0.1, 127.0.0.1",
        "[::ffff:7f00:1], 127.0.0.1"
    })
    void addressesAreAddressesHoweverSpelled(String text, String address) throws Exception {
        assertThat(HostSyntax.parse(text)).hasToString(address).isInstanceOf(Host.Address.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a",
                "a b",
                "a\0b",
                "a\nb",
                "a/b",
                "user@host",
                "host%31",
                "1.2.3.4.5",
                "256.256.256.256",
                "1.2.3.0x",
                "example.09",
                "4294967296",
                "[::1",
                "[]",
                "[127.0.0.1]",
                "fe80::1%eth0",
                ":",
                "::1::",
                "12345::"
            })
    void whatIsNoHostIsRefusedInWords(String text) {
        assertThatThrownBy(() -> HostSyntax.parse(text))
                .isInstanceOfSatisfying(
                        ConnectFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.BAD_TARGET))
                .message()
                .startsWith("the host '")
                .doesNotContain("\n", "\0");
    }

    @Test
    void lengthsAreLimited() throws Exception {
        String label = "a".repeat(63);
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);
        assertThat(HostSyntax.parse(longest)).isEqualTo(new Host.Name(longest));
        assertThat(HostSyntax.parse(longest + ".")).isEqualTo(new Host.Name(longest));
        assertThatThrownBy(() -> HostSyntax.parse(longest + "a")).isInstanceOf(ConnectFailure.class);
        assertThatThrownBy(() -> HostSyntax.parse("a".repeat(64) + ".com")).isInstanceOf(ConnectFailure.class);
        assertThatThrownBy(() -> HostSyntax.parse("ü".repeat(200))).isInstanceOf(ConnectFailure.class);
    }

    @Test
    void bytesAreUtf8() throws Exception {
        assertThat(HostSyntax.parse("bücher.example".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new Host.Name("xn--bcher-kva.example"));
        assertThatThrownBy(() -> HostSyntax.parse(new byte[] {'a', (byte) 0xff}))
                .isInstanceOf(ConnectFailure.class)
                .hasMessageContaining("UTF-8");
    }
}
