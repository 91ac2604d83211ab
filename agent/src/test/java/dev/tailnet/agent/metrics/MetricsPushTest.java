package dev.tailnet.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.OtlpSettings;
import dev.tailnet.agent.config.Secret;
import dev.tailnet.agent.observe.Decisions;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.OtlpReceiver;
import dev.tailnet.proxy.request.FailureReason;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsPushTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final OtlpReceiver receiver = new OtlpReceiver();

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Test
    void pushesNowAndThen() throws Exception {
        MetricsPush push = push(Duration.ofSeconds(1));
        push.prepareSoon();

        Eventually.get(SOON, receiver::pushes, pushes -> pushes.size() >= 2);
        push.close().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void tellsAllOfAShortLife() throws Exception {
        MetricsPush push = push(Duration.ofHours(1));
        push.decided(Decisions.established(1, "a.test"));
        push.prepare();
        push.decided(Decisions.failed(2, "b.test", FailureReason.NOT_ALLOWED, "no"));
        push.decided(Decisions.established(3, "c.test"));
        push.closed(Decisions.closed(3, "c.test"));

        push.close().get(SOON.toSeconds(), TimeUnit.SECONDS);

        OtlpReceiver.Push last = receiver.pushes().getLast();
        assertThat(last.path()).isEqualTo("/v1/metrics");
        assertThat(last.headers()).containsEntry("Content-type", "application/x-protobuf");
        assertThat(last.headers()).containsEntry("Authorization", "Bearer s3cret");
        assertThat(last.resource())
                .containsEntry("service.name", "sandboxes")
                .containsEntry("service.instance.id", "box-7")
                .containsKey("service.version");
        assertThat(last.value("tailnet.connections", Map.of("protocol", "socks5", "outcome", "established")))
                .isEqualTo(2);
        assertThat(last.value("tailnet.connections", Map.of("outcome", "not_allowed")))
                .isEqualTo(1);
        assertThat(last.value("tailnet.tunnels.closed", Map.of("cause", "finished")))
                .isEqualTo(1);
        assertThat(last.value("tailnet.bytes", Map.of("direction", "down"))).isEqualTo(20);
        assertThat(last.value("tailnet.node.state", Map.of("state", "running"))).isEqualTo(1);
        assertThat(last.metrics("tailnet.connections"))
                .allSatisfy(metric -> assertThat(metric.getSum().getAggregationTemporality())
                        .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE));
        assertThat(last.metrics("tailnet.dial")).allSatisfy(metric -> {
            assertThat(metric.getUnit()).isEqualTo("seconds");
            assertThat(metric.hasHistogram()).isTrue();
        });
    }

    @Test
    void anAgentThatEndsBeforeItsMetersAreMadeTellsTheSame() throws Exception {
        MetricsPush push = push(Duration.ofHours(1));
        push.decided(Decisions.established(1, "a.test"));

        push.close().get(SOON.toSeconds(), TimeUnit.SECONDS);
        push.close().get(SOON.toSeconds(), TimeUnit.SECONDS);

        assertThat(receiver.pushes()).hasSize(1);
        assertThat(receiver.pushes().getFirst().value("tailnet.connections", Map.of("outcome", "established")))
                .isEqualTo(1);
    }

    @Test
    void aCollectorThatIsNotThereHarmsNobody() throws Exception {
        receiver.close();
        MetricsPush push = push(Duration.ofHours(1));
        push.prepare();

        push.close().get(SOON.toSeconds(), TimeUnit.SECONDS);

        assertThat(receiver.pushes()).isEmpty();
    }

    @Test
    void knowsAListenerOfThisAgentsAsItsWay() {
        MetricsPush push = push(Duration.ofHours(1));
        int port = URI.create(receiver.url()).getPort();

        assertThat(push.goesThrough(List.of(new InetSocketAddress("127.0.0.1", port))))
                .isTrue();
        assertThat(push.goesThrough(List.of(new InetSocketAddress("127.0.0.1", 1))))
                .isFalse();
    }

    private MetricsPush push(Duration interval) {
        return new MetricsPush(
                new OtlpSettings(
                        URI.create(receiver.url() + "/v1/metrics"),
                        Map.of("Authorization", Secret.of("Bearer s3cret")),
                        interval,
                        Map.of("service.name", "sandboxes")),
                TestSources.RUNNING,
                "box-7");
    }
}
