package dev.tailnet.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/** What people see in a browser whose request comes to nothing. Programs get a line of text, whatever they claim to accept. */
final class RefusalPage {
    /** For those who would ask again, programs above all. */
    static final String FINAL =
            "This is what the policy says, not a failure: the same request gets the same answer. Do not retry.";

    private static final String HTML = "text/html";
    private static final String BROWSER = "Mozilla/";

    private RefusalPage() {}

    /** Browsers all say Mozilla/5.0; of programs, few do, and fewer of these want HTML. */
    static boolean isFor(HttpHeaders headers) {
        String accept = headers.get(HttpHeaderNames.ACCEPT, "");
        return accept.contains(HTML)
                && headers.get(HttpHeaderNames.USER_AGENT, "").startsWith(BROWSER);
    }

    static String of(String title, String text, boolean isFinal) {
        return "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>" + escaped(title)
                + "</title>\n<body style=\"font-family: sans-serif; max-width: 40em; margin: 4em auto\">\n<h1>"
                + escaped(title) + "</h1>\n<p>" + escaped(text) + "</p>\n" + (isFinal ? "<p>" + FINAL + "</p>\n" : "")
                + "<p><small>tailnet-agent</small></p>\n</body></html>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
