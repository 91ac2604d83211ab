package dev.tailnet.agent.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The page as one document: markup, style and script, which nothing is added to. Its Content-Security-Policy names the hashes of
 * these two and forbids everything else.
 *
 * @param contentSecurityPolicy the header's value
 */
public record PageDocument(byte[] html, String contentSecurityPolicy) {
    private static final String STYLE = "/*STYLE*/";
    private static final String SCRIPT = "/*SCRIPT*/";

    /** Reads it from the class path, anew each time. */
    public static PageDocument load() {
        String style = text("page.css");
        String script = text("page.js");
        String html = text("page.html").replace(STYLE, style).replace(SCRIPT, script);
        return new PageDocument(html.getBytes(StandardCharsets.UTF_8), policy(style, script));
    }

    /** The trusted types have it that no text can become markup, whatever the script does. */
    private static String policy(String style, String script) {
        return "default-src 'none'; connect-src 'self'; img-src data:; style-src " + source(style) + "; script-src "
                + source(script)
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
                + " trusted-types 'none'";
    }

    private static String source(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String text(String resource) {
        try (@Nullable InputStream stream = PageDocument.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException(resource + " is missing from the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
