package dev.tailnet.agent.metrics;

import dev.tailnet.agent.AgentVersion;
import dev.tailnet.agent.config.OtlpSettings;
import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.AggregationTemporality;
import io.micrometer.registry.otlp.HistogramFlavor;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registry that pushes. What it is to push is sampled before each time. */
final class OtlpRegistry extends OtlpMeterRegistry {
    private volatile Runnable sample = () -> {};

    /** @param hostname tells this process from others of its kind */
    OtlpRegistry(OtlpSettings settings, String hostname) {
        super(new Config(settings, hostname), Clock.SYSTEM);
    }

    void sampleBy(Runnable step) {
        sample = step;
    }

    @Override
    protected void publish() {
        sample.run();
        super.publish();
    }

    /** Everything is said here: what Micrometer would look up in the environment has been read by {@code config}. */
    private record Config(OtlpSettings settings, String hostname) implements OtlpConfig {

        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public String url() {
            return settings.endpoint().toString();
        }

        @Override
        public Duration step() {
            return settings.interval();
        }

        @Override
        public Map<String, String> headers() {
            return settings.headers().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, header -> header.getValue().reveal()));
        }

        @Override
        public Map<String, String> resourceAttributes() {
            var attributes = new LinkedHashMap<String, String>();
            attributes.put("service.name", "tailnet-agent");
            attributes.put("service.version", AgentVersion.current());
            attributes.put("service.instance.id", hostname);
            attributes.putAll(settings.resource());
            return attributes;
        }

        @Override
        public TimeUnit baseTimeUnit() {
            return TimeUnit.SECONDS;
        }

        @Override
        public AggregationTemporality aggregationTemporality() {
            return AggregationTemporality.CUMULATIVE;
        }

        @Override
        public HistogramFlavor histogramFlavor() {
            return HistogramFlavor.EXPLICIT_BUCKET_HISTOGRAM;
        }
    }
}
