package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "500ms, 500", "10s, 10000", "1m, 60000", "1h30m, 5400000", "1s500ms, 1500"})
    void readsDurations(String text, long millis) {
        assertThat(Values.duration(text).toMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "10 s", "99999999999999999999s", "9223372036854775807h"})
    void refusesOtherDurations(String text) {
        assertThatThrownBy(() -> Values.duration(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "32768, 32768", "32k, 32768", "32K, 32768", "1m, 1048576"})
    void readsSizes(String text, int bytes) {
        assertThat(Values.size(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "1.5k", "32kb", "1g", "9999999999", "999999999m"})
    void refusesOtherSizes(String text) {
        assertThatThrownBy(() -> Values.size(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "0", "11", "1e1", "99999999999"})
    void refusesNumbersBeyondTheirBounds(String text) {
        assertThatThrownBy(() -> Values.number(text, 1, 10))
                .hasMessage("'" + text + "' is not a number between 1 and 10");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "500ms, 500ms", "10s, 10s", "1m30s, 90s", "1h, 3600s"})
    void writesDurations(String text, String written) {
        assertThat(Values.print(Values.duration(text))).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "True, true", "1, true", "yes, true", "false, false", "0, false", "off, false"})
    void readsBooleans(String text, boolean value) {
        assertThat(Values.bool(text)).isEqualTo(value);
    }

    @Test
    void refusesOtherBooleans() {
        assertThatThrownBy(() -> Values.bool("maybe")).hasMessage("'maybe' is neither true nor false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "A1", "sandbox-1", "9", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123"})
    void readsHostNames(String text) {
        assertThat(Values.hostname(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"a_b, a-b", "-a, a", "a., a", "host.example.com, host-example-com", "a b, a-b"})
    void suggestsAHostNameInPlaceOfAWrongOne(String text, String suggestion) {
        assertThatThrownBy(() -> Values.hostname(text)).hasMessageEndingWith("such as " + suggestion);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tag:ci", "tag:A-1"})
    void readsTags(String text) {
        assertThat(Values.tag(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1ci", "tag:", "tag:1", "tag:a_b", "tag:a b", "Tag:a"})
    void refusesOtherTags(String text) {
        assertThatThrownBy(() -> Values.tag(text)).hasMessageContaining("is not a tag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://h", "http://h:8080", "http://127.0.0.1:1/", "http://[::1]:8080"})
    void readsLoginServers(String text) {
        assertThat(Values.loginServer(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h",
                "h:8080",
                "ftp://h",
                "https://",
                "https:///x",
                "https://u:p@h",
                "https://h?x",
                "http://h h"
            })
    void refusesOtherLoginServers(String text) {
        assertThatThrownBy(() -> Values.loginServer(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "vm, vm",
        "Web.Example.Com, web",
        "my_host, my-host",
        "localhost, tailnet-agent",
        "'', tailnet-agent",
        "(none), none",
        "___, tailnet-agent"
    })
    void makesAHostNameOfThatOfTheHost(String kernelName, String expected) {
        assertThat(HostName.of(kernelName)).isEqualTo(expected);
    }
}
