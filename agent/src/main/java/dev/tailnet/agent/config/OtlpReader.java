package dev.tailnet.agent.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the settings of OTLP, and the variables that OpenTelemetry has for them (its specification, "OpenTelemetry Protocol
 * Exporter"). Headers are secrets: no message, and nothing printed, has them.
 */
final class OtlpReader {
    static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    static final String METRICS_ENDPOINT = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
    static final String METRICS_HEADERS = "OTEL_EXPORTER_OTLP_METRICS_HEADERS";
    static final String INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL";

    private static final String NONE = "none";
    private static final String PATH = "/v1/metrics";
    private static final String HTTP = "http/protobuf";
    private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,9}");
    private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern FIELD_VALUE = Pattern.compile("[\\x20-\\x7e]*");

    private final SettingReader reader;
    private final Map<String, String> environment;

    OtlpReader(SettingReader reader, Map<String, String> environment) {
        this.reader = reader;
        this.environment = environment;
    }

    /** Empty unless an endpoint is given. */
    Optional<OtlpSettings> read() {
        Optional<Given> given = reader.given(Setting.OTLP_ENDPOINT);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        Given asked = given.get();
        if (asked.value().equals(NONE) || isTurnedOff(asked)) {
            reader.note(Setting.OTLP_ENDPOINT, List.of(NONE));
            return Optional.empty();
        }
        reader.note(Setting.OTLP_ENDPOINT, List.of(asked.value()));
        Optional<URI> endpoint = reader.parse(asked, value -> endpoint(value, isWhole(asked)));
        Duration interval = reader.one(Setting.OTLP_INTERVAL, OtlpReader::interval, DEFAULT_INTERVAL, Values::print);
        Map<String, Secret> headers = headers();
        return endpoint.map(url -> new OtlpSettings(url, headers, interval, resource()));
    }

    /** A header's value may stand in the environment: it is to be scrubbed from there. */
    static List<String> secretVariables() {
        return List.of(HEADERS, METRICS_HEADERS, Setting.OTLP_HEADERS.variable());
    }

    /** What is said to all of OpenTelemetry counts for an endpoint that is given to all of OpenTelemetry. */
    private boolean isTurnedOff(Given asked) {
        if (!isOf(asked, ENDPOINT) && !isOf(asked, METRICS_ENDPOINT)) {
            return false;
        }
        if (variable("OTEL_SDK_DISABLED").equalsIgnoreCase("true")
                || variable("OTEL_METRICS_EXPORTER").equals(NONE)) {
            return true;
        }
        String protocol = variable("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL");
        protocol = protocol.isEmpty() ? variable("OTEL_EXPORTER_OTLP_PROTOCOL") : protocol;
        if (!protocol.isEmpty() && !protocol.equals(HTTP)) {
            reader.findings()
                    .warning(
                            asked.source(),
                            "no metrics are pushed there by " + protocol + ", only by " + HTTP
                                    + ": give the endpoint for that with --otlp-endpoint");
            return true;
        }
        return false;
    }

    /** That variable holds the whole URL, the others the one that {@value #PATH} is below. */
    private static boolean isWhole(Given asked) {
        return isOf(asked, METRICS_ENDPOINT);
    }

    private static boolean isOf(Given asked, String variable) {
        return asked.source().equals(Source.variable(variable));
    }

    private String variable(String name) {
        return environment.getOrDefault(name, "").strip();
    }

    private static URI endpoint(String text, boolean isWhole) {
        String whole = isWhole || text.endsWith(PATH) ? text : text.replaceFirst("/+$", "") + PATH;
        URI url;
        try {
            url = new URI(whole);
        } catch (URISyntaxException e) {
            String shown = text.contains("@") ? "this" : "'" + text + "'";
            throw new IllegalArgumentException(shown + " is not a URL: " + e.getReason(), e);
        }
        if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
            throw new IllegalArgumentException("'" + text + "' does not begin with https:// or http://");
        }
        if (url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the URL holds a user or password: give --otlp-headers=file:PATH with Authorization=Basic%20...");
        }
        if (url.getHost() == null) {
            throw new IllegalArgumentException("'" + text + "' names no host");
        }
        return url;
    }

    /** OpenTelemetry has milliseconds without a unit. */
    private static Duration interval(String text) {
        Duration interval =
                MILLIS.matcher(text).matches() ? Duration.ofMillis(Long.parseLong(text)) : Values.duration(text);
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("'" + text + "' is shorter than 1s");
        }
        return interval;
    }

    private Map<String, Secret> headers() {
        Optional<Given> given = reader.given(Setting.OTLP_HEADERS)
                .filter(asked -> !asked.value().equals(NONE));
        if (given.isEmpty()) {
            reader.note(Setting.OTLP_HEADERS, List.of(NONE));
            return Map.of();
        }
        Given asked = given.get();
        boolean isFile = SecretFile.isReference(asked.value());
        reader.note(Setting.OTLP_HEADERS, List.of(isFile ? asked.value() : Secret.MASK));
        var text = isFile
                ? SecretFile.of(asked.value())
                        .read(asked.source(), reader.findings())
                        .orElse("")
                : asked.value();
        if (!isFile && asked.source().layer() == Source.Layer.FLAG) {
            reader.findings()
                    .warning(
                            asked.source(),
                            "other users could see the headers until they were scrubbed from the process title: use"
                                    + " file:PATH");
        }
        var headers = new LinkedHashMap<String, Secret>();
        pairs(text).forEach((name, value) -> {
            if (FIELD_NAME.matcher(name).matches() && FIELD_VALUE.matcher(value).matches()) {
                headers.put(name, Secret.of(value));
            } else {
                reader.findings()
                        .problem(asked.source(), "holds something that is no header: write NAME=VALUE,NAME=VALUE");
            }
        });
        return headers;
    }

    private Map<String, String> resource() {
        var resource = new LinkedHashMap<>(pairs(variable("OTEL_RESOURCE_ATTRIBUTES")));
        String service = variable("OTEL_SERVICE_NAME");
        if (!service.isEmpty()) {
            resource.put("service.name", service);
        }
        return resource;
    }

    /** {@code name=value,name=value}, the values percent-encoded. One without a name, or without an equals sign, has an empty name. */
    private static Map<String, String> pairs(String text) {
        var pairs = new LinkedHashMap<String, String>();
        for (var pair : text.split("[,\n]")) {
            if (!pair.isBlank()) {
                int equals = pair.indexOf('=');
                pairs.put(
                        equals < 0 ? "" : pair.substring(0, equals).strip(),
                        decoded(pair.substring(equals + 1).strip()));
            }
        }
        return pairs;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value; // A lone percent sign means itself.
        }
    }
}
