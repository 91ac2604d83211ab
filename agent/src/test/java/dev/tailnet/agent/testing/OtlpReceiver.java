package dev.tailnet.agent.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Takes metrics by OTLP over HTTP, as a collector does. */
public final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Push> pushes = new CopyOnWriteArrayList<>();

    /** One request that came. */
    public record Push(String path, Map<String, String> headers, ExportMetricsServiceRequest request) {

        /** What the process says of itself. */
        public Map<String, String> resource() {
            return texts(request.getResourceMetrics(0).getResource().getAttributesList());
        }

        /** The value of a sum or gauge with attributes among its own; zero when there is none. */
        public double value(String name, Map<String, String> attributes) {
            return metrics(name)
                    .flatMap(metric -> (metric.hasSum()
                                    ? metric.getSum().getDataPointsList()
                                    : metric.getGauge().getDataPointsList())
                            .stream())
                    .filter(point -> texts(point.getAttributesList()).entrySet().containsAll(attributes.entrySet()))
                    .mapToDouble(NumberDataPoint::getAsDouble)
                    .sum();
        }

        public Stream<Metric> metrics(String name) {
            return request.getResourceMetricsList().stream()
                    .flatMap(resource -> resource.getScopeMetricsList().stream())
                    .flatMap(scope -> scope.getMetricsList().stream())
                    .filter(metric -> metric.getName().equals(name));
        }

        private static Map<String, String> texts(List<KeyValue> attributes) {
            return attributes.stream()
                    .collect(Collectors.toMap(
                            KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
        }
    }

    public OtlpReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        Map<String, String> headers = exchange.getRequestHeaders().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, field -> field.getValue().getFirst()));
        boolean isZipped = "gzip".equals(headers.get("Content-encoding"));
        try (InputStream body = isZipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
            var request = ExportMetricsServiceRequest.parseFrom(body);
            pushes.add(new Push(exchange.getRequestURI().getPath(), headers, request));
        }
        byte[] answer = ExportMetricsServiceResponse.getDefaultInstance().toByteArray();
        exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    /** What it is to be given as an endpoint. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Push> pushes() {
        return List.copyOf(pushes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
