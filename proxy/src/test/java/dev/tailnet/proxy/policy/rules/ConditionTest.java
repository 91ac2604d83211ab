package dev.tailnet.proxy.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
    @ParameterizedTest
    @CsvSource({
        "/api, /api, true, true",
        "/api, /api/, true, true",
        "/api, /api?x=/, true, true",
        "/api, /api/users, true, true",
        "/api, /apis, false, false",
        "/api/, /api, false, false",
        "/api/, /api/users, true, true",
        "/, /anything, true, true",
        "/api, /%61pi, true, true",
        "/api, /API, false, false",
        "/api, /api/../admin, false, true",
        "/admin, /api/../admin, false, true",
        "/admin, /api/%2e%2e/admin, false, true",
        "/admin, //admin, false, true",
        "/admin, /x%2fadmin, false, true",
        "/admin, '/x\\admin', false, true",
        "/admin, /%5cadmin, false, true",
        "/admin, /a;b/admin, false, true",
        "/admin, /%zz, false, true",
        "/admin, /%2561dmin, false, true",
        "/admin, /./admin, false, true"
    })
    void aPathThatCanBeReadInTwoWaysIsTakenForTheWorse(String prefix, String target, boolean allow, boolean deny) {
        var path = new PathPrefix(prefix);
        assertThat(path.matches(target, Effect.ALLOW)).isEqualTo(allow);
        assertThat(path.matches(target, Effect.DENY)).isEqualTo(deny);
    }

    @ParameterizedTest
    @ValueSource(strings = {"api", "/a?b", "/a/../b", "//", "/a%2fb", ""})
    void aPrefixIsAPath(String prefix) {
        assertThatThrownBy(() -> new PathPrefix(prefix)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"443, 443-443", "8000-8999, 8000-8999", "1 - 65535, 1-65535"})
    void readsPorts(String text, String range) {
        String[] ends = range.split("-");
        assertThat(PortRange.parse(text))
                .isEqualTo(new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "9-8", "-1", "1-", "http", "999999", ""})
    void saysWhatIsNoPort(String text) {
        assertThatThrownBy(() -> PortRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
