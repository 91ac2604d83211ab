package dev.tailnet.agent.audit;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.TunnelEnd;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * Writes events as {@code audit.schema.json} has them: an object in a line of ASCII. Keys are added, never renamed or removed; each
 * is there, null where there is nothing to say. For one thread.
 */
final class AuditLines {
    /** Bytes as it is written: so that no line is longer than what a pipe takes as a whole, 4096 bytes (pipe(7), PIPE_BUF). */
    private static final int LONGEST_TEXT = 480;

    private static final int ESCAPE = "\\u0000".length();

    private static final int MOST_ADDRESSES = 16;
    private static final int MOST_ROLES = 16;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private final String run;

    /** @param run what distinguishes this agent's numbers from those of the ones before it */
    AuditLines(String run) {
        this.run = run;
    }

    /** What is unlike for two agents that are not started in the same second. */
    static String run(Instant start) {
        return Long.toString(start.getEpochSecond(), Character.MAX_RADIX);
    }

    byte[] line(AuditEvent event, @Nullable ClientProcess process) {
        line.reset();
        try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), line)) {
            out.writeStartObject();
            out.writeStringProperty("time", TIME.format(event.time()));
            switch (event) {
                case AuditEvent.Decided(Instant time, Decision decision) -> decided(out, decision, process);
                case AuditEvent.Ended(Instant time, Closed closed) -> ended(out, closed);
                case AuditEvent.DecidedInbound(Instant time, InboundDecision decision) -> inbound(out, decision);
                case AuditEvent.EndedInbound(Instant time, InboundEnd end) -> inbound(out, end);
                case AuditEvent.Running(Instant time, boolean begins) -> {
                    out.writeStringProperty("event", begins ? "start" : "stop");
                    out.writeStringProperty("run", run);
                }
                case AuditEvent.Lost(Instant time, long count) -> {
                    out.writeStringProperty("event", "lost");
                    out.writeNumberProperty("count", count);
                }
            }
            out.writeEndObject();
        }
        return line.toByteArray();
    }

    private void decided(JsonGenerator out, Decision decision, @Nullable ClientProcess process) {
        out.writeStringProperty("event", "decision");
        request(out, decision.request());
        process(out, process);
        out.writeArrayPropertyStart("addresses");
        decision.addresses().stream()
                .limit(MOST_ADDRESSES)
                .forEach(address -> out.writeString(AddressText.of(address)));
        out.writeEndArray();
        text(out, "answeredBy", decision.answeredBy());
        way(out, decision.address(), decision.route() == null ? null : word(decision.route()));
        noPeer(out);
        verdict(out, decision.ruling(), decision.failure());
        millis(out, "waitedMs", decision.waited());
        millis(out, "lookupMs", decision.lookup());
        millis(out, "dialMs", decision.dial());
    }

    private static void verdict(JsonGenerator out, Ruling ruling, @Nullable ConnectFailure failure) {
        out.writeStringProperty("decision", outcome(failure));
        out.writeStringProperty("mode", ruling.mode());
        text(out, "rule", ruling.rule());
        text(out, "wouldDeny", ruling.wouldDeny());
        text(out, "reason", failure == null ? null : word(failure.reason()));
        text(out, "message", failure == null ? null : failure.getMessage());
    }

    private void ended(JsonGenerator out, Closed closed) {
        out.writeStringProperty("event", "close");
        request(out, closed.request());
        way(out, closed.address(), word(closed.route()));
        noPeer(out);
        end(out, closed.end(), closed.open());
    }

    private static void end(JsonGenerator out, TunnelEnd end, Duration open) {
        out.writeNumberProperty("bytesUp", end.bytesUp());
        out.writeNumberProperty("bytesDown", end.bytesDown());
        millis(out, "durationMs", open);
        out.writeStringProperty("reason", word(end.cause()));
        text(out, "message", end.detail().isEmpty() ? null : end.detail());
    }

    private void inbound(JsonGenerator out, InboundDecision decision) {
        out.writeStringProperty("event", "decision");
        inbound(out, decision.id(), decision.request());
        out.writeNullProperty("process");
        out.writeArrayPropertyStart("addresses");
        out.writeEndArray();
        out.writeNullProperty("answeredBy");
        service(out, decision.request(), decision.service());
        verdict(out, decision.ruling(), decision.failure());
        millis(out, "waitedMs", Duration.ZERO);
        millis(out, "lookupMs", Duration.ZERO);
        millis(out, "dialMs", Duration.ZERO);
    }

    private void inbound(JsonGenerator out, InboundEnd end) {
        out.writeStringProperty("event", "close");
        inbound(out, end.id(), end.request());
        service(out, end.request(), end.service());
        end(out, end.end(), end.open());
    }

    private void inbound(JsonGenerator out, long id, InboundRequest request) {
        out.writeStringProperty("id", run + "-i" + id);
        out.writeStringProperty("protocol", request.isUdp() ? "inbound_udp" : "inbound");
        text(out, "client", client(request.peer()));
        out.writeNullProperty("role");
        out.writeStringProperty("host", new Host.Address(request.to().getAddress()).toString());
        out.writeNumberProperty("port", request.to().getPort());
        out.writeNullProperty("name");
    }

    private static void service(JsonGenerator out, InboundRequest request, @Nullable InetSocketAddress service) {
        way(out, service == null ? null : service.getAddress(), null);
        out.writeObjectPropertyStart("peer");
        text(out, "node", request.node().isEmpty() ? null : request.node());
        out.writeArrayPropertyStart("is");
        request.roles().stream().limit(MOST_ROLES).forEach(role -> out.writeString(clipped(role)));
        out.writeEndArray();
        out.writeEndObject();
        text(out, "service", service == null ? null : client(service));
    }

    private static void noPeer(JsonGenerator out) {
        out.writeNullProperty("peer");
        out.writeNullProperty("service");
    }

    private void request(JsonGenerator out, ConnectRequest request) {
        out.writeStringProperty("id", run + "-" + request.id());
        out.writeStringProperty("protocol", word(request.protocol()));
        text(out, "client", client(request.client()));
        text(out, "role", request.role());
        Host host = request.target().host();
        out.writeStringProperty("host", host.toString());
        out.writeNumberProperty("port", request.target().port());
        text(out, "name", host instanceof Host.Name(String name) ? name : null);
    }

    private static String client(SocketAddress client) {
        return client instanceof InetSocketAddress tcp
                ? new Host.Address(tcp.getAddress()).toUriString() + ":" + tcp.getPort()
                : "local";
    }

    private static void process(JsonGenerator out, @Nullable ClientProcess process) {
        if (process == null) {
            out.writeNullProperty("process");
            return;
        }
        out.writeObjectPropertyStart("process");
        if (process.pid() == null) {
            out.writeNullProperty("pid");
        } else {
            out.writeNumberProperty("pid", process.pid());
        }
        out.writeNumberProperty("uid", process.uid());
        text(out, "command", process.command());
        out.writeEndObject();
    }

    private static void way(JsonGenerator out, @Nullable InetAddress address, @Nullable String route) {
        text(out, "address", address == null ? null : AddressText.of(address));
        text(out, "route", route);
    }

    /** What was decided; one that was let through and came to nothing is neither. */
    private static String outcome(@Nullable ConnectFailure failure) {
        if (failure == null) {
            return "allow";
        }
        return failure.reason() == FailureReason.NOT_ALLOWED || failure.reason() == FailureReason.TOO_MANY_CONNECTIONS
                ? "deny"
                : "fail";
    }

    private static void text(JsonGenerator out, String key, @Nullable String text) {
        if (text == null) {
            out.writeNullProperty(key);
        } else {
            out.writeStringProperty(key, clipped(text));
        }
    }

    private static String clipped(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c >= ' ' && c < 0x7F ? 1 : ESCAPE;
            if (bytes > LONGEST_TEXT) {
                return text.substring(0, i);
            }
        }
        return text;
    }

    private static void millis(JsonGenerator out, String key, Duration duration) {
        out.writeNumberProperty(key, Math.round(duration.toNanos() / 1e3) / 1e3);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
