package dev.tailnet.agent.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyVariablesTest {

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:1055, 127.0.0.1:1055, true",
        "socks5h://localhost:1055/, 127.0.0.1:1055, true",
        "http://u:p@w@[::1]:1055, 0.0.0.0:1055, true",
        "127.0.0.1:1055, 127.0.0.1:1055, true",
        "http://127.0.0.1:3128, 127.0.0.1:1055, false",
        "http://proxy.example, 127.0.0.1:80, false",
        "socks5://10.0.0.1, 10.0.0.1:1080, true",
    })
    void theAgentIsRecognised(String value, String listener, boolean isAgent) {
        var variables = ProxyVariables.of(Map.of("all_proxy", value), List.of(listener));

        assertThat(variables.elsewhere().isEmpty()).isEqualTo(isAgent);
        assertThat(variables.summary()).startsWith("all_proxy leads");
    }

    @Test
    void noVariablesAreSaidToBeNone() {
        assertThat(ProxyVariables.of(Map.of(), List.of("127.0.0.1:1055")).summary())
                .startsWith("no proxy variables");
    }
}
