package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A check for programs. Keys are added, never renamed or removed; every key is always there. */
public final class ReportJson {
    private ReportJson() {}

    public static String of(Report report) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, report);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Report report) {
        ExitCode code = report.exitCode();
        Optional<Finding> finding = report.finding();
        json.writeStartObject();
        json.writeStringProperty(
                "target", report.target() == null ? null : report.target().toString());
        json.writeBooleanProperty("ok", code == ExitCode.OK);
        json.writeStringProperty("cause", finding.isPresent() ? code.id() : null);
        json.writeNumberProperty("exitCode", code.code());
        json.writeStringProperty("message", finding.map(Finding::words).orElse(null));
        json.writeStringProperty("fix", finding.map(Finding::fix).orElse(null));
        json.writeStringProperty("directEgress", report.egress().name().toLowerCase(Locale.ROOT));
        json.writeArrayPropertyStart("steps");
        for (Step step : report.steps()) {
            json.writeStartObject();
            json.writeStringProperty("step", step.name());
            json.writeStringProperty("outcome", step.outcome().name().toLowerCase(Locale.ROOT));
            json.writeName("milliseconds");
            if (step.took() == null) {
                json.writeNull();
            } else {
                json.writeNumber(step.took().toNanos() / 1000 / 1000.0);
            }
            json.writeStringProperty("details", step.words());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
