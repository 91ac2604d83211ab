package dev.tailnet.proxy.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPatternTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com, true",
        "example.com, www.example.com, false",
        "example.com, notexample.com, false",
        "Example.COM., example.com, true",
        "bücher.example, xn--bcher-kva.example, true",
        "*.example.com, www.example.com, true",
        "*.example.com, a.b.example.com, true",
        "*.example.com, example.com, false",
        "*.example.com, badexample.com, false",
        "*.example.com, example.com.evil.test, false",
        ".example.com, example.com, true",
        ".example.com, a.b.example.com, true",
        ".example.com, badexample.com, false",
        "*.com, example.com, true",
        "*, example.com, true",
        "*, localhost, true"
    })
    void matches(String pattern, String name, boolean matches) {
        assertThat(HostPattern.parse(pattern).matches(name)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "www.*.com, has a * inside",
        "*example.com, has a * inside",
        "*.*.com, has a * inside",
        "10.0.0.1, write it under cidrs",
        "0x7f.1, write it under cidrs",
        "'[::1]', write it under cidrs",
        "a..b, has an empty label",
        "http://example.com, without scheme and path",
        "example.com/, without scheme and path",
        "*.example.com:443, the port under ports",
        "'[::1]:80', the port under ports",
        "a b, has a character"
    })
    void saysWhatIsWrong(String pattern, String why) {
        assertThatThrownBy(() -> HostPattern.parse(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"example.com, example.com", "*.Example.com., *.example.com", ".a.test, .a.test", "*, *"})
    void isShownAsItIsWritten(String pattern, String shown) {
        assertThat(HostPattern.parse(pattern)).hasToString(shown);
    }
}
