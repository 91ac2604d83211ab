package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpReaderTest {
    @TempDir
    private Path directory;

    @Test
    void isOffByDefault() {
        assertThat(Load.with().settings().otlp()).isEmpty();
        assertThat(Load.with()
                        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")
                        .flag(Setting.OTLP_ENDPOINT, "none")
                        .settings()
                        .otlp())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://c:4318, http://c:4318/v1/metrics",
        "http://c:4318/, http://c:4318/v1/metrics",
        "https://c/otlp, https://c/otlp/v1/metrics",
        "https://c/v1/metrics, https://c/v1/metrics"
    })
    void theEndpointIsWhatMetricsAreBelow(String given, URI endpoint) {
        assertThat(Load.with().flag(Setting.OTLP_ENDPOINT, given).settings().otlp())
                .hasValueSatisfying(otlp -> assertThat(otlp.endpoint()).isEqualTo(endpoint));
        assertThat(Load.with()
                        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", given)
                        .settings()
                        .otlp())
                .hasValueSatisfying(otlp -> assertThat(otlp.endpoint()).isEqualTo(endpoint));
    }

    @Test
    void theEndpointOfMetricsIsTakenAsItIsAndWins() {
        assertThat(Load.with()
                        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318")
                        .variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics:9090/api/v1/otlp")
                        .settings()
                        .otlp())
                .hasValueSatisfying(
                        otlp -> assertThat(otlp.endpoint()).isEqualTo(URI.create("http://metrics:9090/api/v1/otlp")));
    }

    @Test
    void readsHeadersIntervalAndResource() {
        var otlp = Load.with()
                .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")
                .variable("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20a+b%3D, X-Scope-OrgID = 7")
                .variable("OTEL_METRIC_EXPORT_INTERVAL", "15000")
                .variable("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=ci,service.name=first")
                .variable("OTEL_SERVICE_NAME", "sandboxes")
                .settings()
                .otlp()
                .orElseThrow();

        assertThat(otlp.headers())
                .isEqualTo(Map.of("Authorization", Secret.of("Bearer a+b="), "X-Scope-OrgID", Secret.of("7")));
        assertThat(otlp.interval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(otlp.resource()).isEqualTo(Map.of("deployment.environment", "ci", "service.name", "sandboxes"));
        assertThat(otlp).asString().doesNotContain("Bearer");
    }

    @Test
    void headersMayStandInAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("headers"), "Authorization=Bearer%20x\n");
        var given = Load.with().flag(Setting.OTLP_ENDPOINT, "http://c").flag(Setting.OTLP_HEADERS, "file:" + file);

        assertThat(given.settings().otlp().orElseThrow().headers())
                .isEqualTo(Map.of("Authorization", Secret.of("Bearer x")));
        assertThat(given.load().print()).contains("file:" + file);
    }

    @Test
    void headersAreSecrets() throws Exception {
        var configuration = Load.with()
                .flag(Setting.OTLP_ENDPOINT, "http://c:4318")
                .flag(Setting.OTLP_HEADERS, "Authorization=hush")
                .load();

        assertThat(configuration.print()).contains("otlp-headers").doesNotContain("hush");
        assertThat(configuration.exposed()).contains(Secret.of("Authorization=hush"));
        assertThat(configuration.warnings()).singleElement().asString().contains("file:PATH");
        assertThat(Load.with()
                        .flag(Setting.OTLP_ENDPOINT, "http://c:4318")
                        .flag(Setting.OTLP_HEADERS, "no header: hush")
                        .problems())
                .singleElement()
                .asString()
                .contains("NAME=VALUE")
                .doesNotContain("hush");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c:4318", "ftp://c", "http://user:secret@c:4318", "http://"})
    void turnsDownWhatIsNoEndpoint(String endpoint) {
        assertThat(Load.with().flag(Setting.OTLP_ENDPOINT, endpoint).problems())
                .singleElement()
                .asString()
                .startsWith("--otlp-endpoint")
                .doesNotContain("secret");
    }

    @Test
    void turnsDownAnIntervalThatIsTooShort() {
        assertThat(Load.with()
                        .flag(Setting.OTLP_ENDPOINT, "http://c")
                        .flag(Setting.OTLP_INTERVAL, "10ms")
                        .problems())
                .singleElement()
                .asString()
                .contains("shorter than 1s");
    }

    @ParameterizedTest
    @CsvSource({"OTEL_SDK_DISABLED, true", "OTEL_METRICS_EXPORTER, none"})
    void isOffWhereOpenTelemetryIsOff(String variable, String value) {
        var given = Load.with()
                .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")
                .variable(variable, value);

        assertThat(given.settings().otlp()).isEmpty();
        assertThat(given.flag(Setting.OTLP_ENDPOINT, "http://d").settings().otlp())
                .isPresent();
    }

    @Test
    void saysThatItDoesNotSpeakGrpc() throws Exception {
        var configuration = Load.with()
                .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317")
                .variable("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
                .load();

        assertThat(configuration.settings().otlp()).isEmpty();
        assertThat(configuration.warnings()).singleElement().asString().contains("grpc", "--otlp-endpoint");
    }
}
