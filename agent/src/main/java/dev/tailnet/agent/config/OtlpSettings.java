package dev.tailnet.agent.config;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Where metrics are pushed to by OTLP over HTTP.
 *
 * @param endpoint the whole URL
 * @param headers fields of each request
 * @param interval between two pushes
 * @param resource the attributes of this process that OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME give
 */
public record OtlpSettings(URI endpoint, Map<String, Secret> headers, Duration interval, Map<String, String> resource) {

    public OtlpSettings {
        headers = Map.copyOf(headers);
        resource = Map.copyOf(resource);
    }
}
