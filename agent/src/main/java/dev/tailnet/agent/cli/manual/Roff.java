package dev.tailnet.agent.cli.manual;

import java.util.List;
import java.util.Locale;

/** A page in roff, by the macros of man(7). */
final class Roff {
    private final StringBuilder text = new StringBuilder();

    /** @param name in the page's first line, {@code tailnet-agent-run} */
    Roff(String name, int section, Edition edition, String manual) {
        macro("TH", name.toUpperCase(Locale.ROOT), String.valueOf(section), edition.date(), edition.program(), manual);
        // Names of flags are not hyphenated, and lines of them not stretched.
        text.append(".nh\n.ad l\n");
    }

    Roff section(String heading) {
        return macro("SH", heading);
    }

    Roff subsection(String heading) {
        return macro("SS", heading);
    }

    Roff paragraph(String prose) {
        text.append(".PP\n");
        return line(escape(prose));
    }

    /** Prose directly below a heading. */
    Roff line(String roff) {
        text.append(roff).append('\n');
        return this;
    }

    /** @param tag as roff */
    Roff tagged(String tag, String prose) {
        text.append(".TP\n").append(tag).append('\n');
        return line(escape(prose));
    }

    /** Lines that stay as they are. */
    Roff verbatim(List<String> lines) {
        text.append(".PP\n.RS 4\n.nf\n");
        lines.forEach(line -> line(escape(line)));
        text.append(".fi\n.RE\n");
        return this;
    }

    private Roff macro(String name, String... arguments) {
        text.append('.').append(name);
        for (var argument : arguments) {
            text.append(" \"").append(escape(argument)).append('"');
        }
        text.append('\n');
        return this;
    }

    static String bold(String plain) {
        return "\\fB" + escape(plain) + "\\fR";
    }

    static String italic(String plain) {
        return "\\fI" + escape(plain) + "\\fR";
    }

    /** A hyphen would be a typographic one, and a line that begins with a point a request. */
    static String escape(String plain) {
        var escaped = plain.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("\"", "\\(dq")
                .replace("'", "\\(aq")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti")
                .replace("`", "\\(ga");
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
