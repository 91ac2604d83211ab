package dev.tailnet.proxy.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    @ParameterizedTest
    @CsvSource({
        "example.com:443, example.com:443",
        "EXAMPLE.com.:80, example.com:80",
        "10.0.0.1:1, 10.0.0.1:1",
        "[::1]:65535, [::1]:65535",
        "example.com:0080, example.com:80"
    })
    void readsAuthorities(String authority, String target) throws Exception {
        assertThat(Target.parse(authority)).hasToString(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":443",
                "example.com",
                "example.com:",
                "example.com:0",
                "example.com:65536",
                "example.com:-1",
                "example.com:+1",
                "example.com:99999999999",
                "example.com:٣",
                "::1:443",
                "[::1]",
                "http://example.com:80",
                "example.com:80/",
                "a:b@example.com:80"
            })
    void refusesTheRestInWords(String authority) {
        assertThatThrownBy(() -> Target.parse(authority))
                .isInstanceOfSatisfying(
                        ConnectFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.BAD_TARGET));
    }
}
