package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeOptionsTest {

    @Test
    void showsNoKey() {
        try (LoginCredential key = LoginCredential.authKey("tskey-auth-secret")) {
            var options = NodeOptions.ephemeral("box", URI.create("http://127.0.0.1:8080"), key, Path.of("/run"));
            assertThat(options.toString()).contains("box", "••••").doesNotContain("tskey", "secret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://headscale:8080", "https://control.example.com/path", "HTTPS://x"})
    void controlUrlIsHttp(String url) {
        assertThat(options("box", url, List.of()).controlUrl()).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"headscale:8080", "ftp://x", "https:///nohost", "/path"})
    void anythingElseIsRefusedByName(String url) {
        assertThatThrownBy(() -> options("box", url, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("control URL " + url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "a\u0000b", "line\nbreak"})
    void badHostnamesAreRefused(String hostname) {
        assertThatThrownBy(() -> options(hostname, null, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("hostname ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ci", "tag:", "tag:1", "tag:a,tag:b", "tag:a b"})
    void badTagsAreRefused(String tag) {
        assertThatThrownBy(() -> options("box", null, List.of("tag:fine", tag)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tag \"" + tag + "\"");
    }

    private static NodeOptions options(String hostname, @Nullable String controlUrl, List<String> tags) {
        return new NodeOptions(
                hostname,
                controlUrl == null ? null : URI.create(controlUrl),
                null,
                false,
                null,
                Path.of("/run"),
                tags,
                true,
                true);
    }
}
