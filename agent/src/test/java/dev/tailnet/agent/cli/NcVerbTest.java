package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.request.ConnectFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class NcVerbTest {

    @Test
    void readsTheTargetInEitherForm() throws Exception {
        assertThat(NcVerb.target(List.of("Build-7", "22"))).isEqualTo("build-7:22");
        assertThat(NcVerb.target(List.of("build-7:22"))).isEqualTo("build-7:22");
        assertThat(NcVerb.target(List.of("fd7a::1", "22"))).isEqualTo("[fd7a::1]:22");
        assertThat(NcVerb.target(List.of("[fd7a::1]", "22"))).isEqualTo("[fd7a::1]:22");
        assertThat(NcVerb.target(List.of("[fd7a::1]:22"))).isEqualTo("[fd7a::1]:22");
        assertThat(NcVerb.target(List.of("bücher.example", "22"))).isEqualTo("xn--bcher-kva.example:22");
    }

    @Test
    void refusesWhatWouldBeAnotherRequest() {
        for (var host : List.of("a b", "a\r\nX: y", "", "a/b")) {
            assertThatThrownBy(() -> NcVerb.target(List.of(host, "22"))).isInstanceOf(ConnectFailure.class);
        }
        assertThatThrownBy(() -> NcVerb.target(List.of("a", "ssh"))).isInstanceOf(ConnectFailure.class);
        assertThatThrownBy(() -> NcVerb.target(List.of("a", "0"))).isInstanceOf(ConnectFailure.class);
    }
}
