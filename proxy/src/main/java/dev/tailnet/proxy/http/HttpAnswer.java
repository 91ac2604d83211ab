package dev.tailnet.proxy.http;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/**
 * A final response that says why the request came to nothing: a line of text, and the same for programs in {@code Proxy-Status} (RFC
 * 9209).
 *
 * @param error a proxy error type of RFC 9209, section 2.3
 * @param text cause and fix in one line
 * @param extraFields further header fields, each with its line end
 */
record HttpAnswer(HttpResponseStatus status, String error, String text, String extraFields, Form form) {
    private static final String WHO = "tailnet-agent";
    private static final String CLOSE = "Connection: close\r\n";
    private static final String DENIED = "http_request_denied";
    private static final String MALFORMED = "http_request_error";

    /** What the body is. */
    enum Form {
        TEXT("text/plain"),
        PAGE("text/html");

        private final String mediaType;

        Form(String mediaType) {
            this.mediaType = mediaType;
        }
    }

    HttpAnswer {
        text = oneLine(text);
    }

    HttpAnswer(HttpResponseStatus status, String error, String text, String extraFields) {
        this(status, error, text, extraFields, Form.TEXT);
    }

    /** The same for people who look at it in a browser. */
    HttpAnswer asPage() {
        return new HttpAnswer(status, error, text, extraFields, Form.PAGE);
    }

    private boolean isDenial() {
        return status.equals(HttpResponseStatus.FORBIDDEN);
    }

    /** The table of failures: each one's status and error type. */
    static HttpAnswer of(ConnectFailure failure) {
        return switch (failure.reason()) {
            case BAD_TARGET -> of(HttpResponseStatus.BAD_REQUEST, MALFORMED, failure);
            case NOT_ALLOWED -> of(HttpResponseStatus.FORBIDDEN, DENIED, failure);
            case DENIED_BY_PEER -> of(HttpResponseStatus.BAD_GATEWAY, "destination_ip_prohibited", failure);
            case CONNECTION_REFUSED -> of(HttpResponseStatus.BAD_GATEWAY, "connection_refused", failure);
            case HOST_UNREACHABLE -> of(HttpResponseStatus.BAD_GATEWAY, "destination_unavailable", failure);
            case UPSTREAM_PROXY -> of(HttpResponseStatus.BAD_GATEWAY, "proxy_configuration_error", failure);
            case NETWORK_UNREACHABLE, NOT_ON_TAILNET ->
                of(HttpResponseStatus.BAD_GATEWAY, "destination_ip_unroutable", failure);
            case TIMEOUT -> of(HttpResponseStatus.GATEWAY_TIMEOUT, "connection_timeout", failure);
            case NAME_NOT_FOUND, RESOLUTION_FAILED -> of(HttpResponseStatus.BAD_GATEWAY, "dns_error", failure);
            case RESOLUTION_TIMEOUT -> of(HttpResponseStatus.GATEWAY_TIMEOUT, "dns_timeout", failure);
            case NODE_NOT_READY -> of(HttpResponseStatus.SERVICE_UNAVAILABLE, "proxy_configuration_error", failure);
            case CANCELLED, RESOURCES -> of(HttpResponseStatus.SERVICE_UNAVAILABLE, "proxy_internal_error", failure);
            case TOO_MANY_CONNECTIONS ->
                of(HttpResponseStatus.SERVICE_UNAVAILABLE, "connection_limit_reached", failure);
            case INTERNAL -> of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "proxy_internal_error", failure);
        };
    }

    static HttpAnswer badRequest(String why) {
        return of(new ConnectFailure(FailureReason.BAD_TARGET, why));
    }

    static HttpAnswer versionNotSupported(String version) {
        return new HttpAnswer(
                HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, MALFORMED, version + " is not served: use HTTP/1.1", "");
    }

    static HttpAnswer handshakeTimeout() {
        return new HttpAnswer(
                HttpResponseStatus.REQUEST_TIMEOUT, MALFORMED, "the request was not complete in time", "");
    }

    /** A request without credentials, or with wrong ones. */
    static HttpAnswer authenticationRequired(String why) {
        return new HttpAnswer(
                HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED,
                DENIED,
                why,
                "Proxy-Authenticate: Basic realm=\"" + WHO + "\", charset=\"UTF-8\"\r\n");
    }

    static HttpAnswer uriTooLong() {
        return new HttpAnswer(HttpResponseStatus.REQUEST_URI_TOO_LONG, MALFORMED, "the request line is too long", "");
    }

    static HttpAnswer headersTooLarge() {
        return new HttpAnswer(
                HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                MALFORMED,
                "the request's header fields are too large",
                "");
    }

    /** A request to the proxy as if it were the server. */
    static HttpAnswer notProxied() {
        return badRequest(
                "this is a proxy, not a web server: set it as the client's proxy (curl -x http://..., http_proxy)"
                        + " instead of requesting from it");
    }

    /** A request that would have its answer cross this proxy readable, which no client of https:// expects. */
    static HttpAnswer httpsInTheClear() {
        return badRequest("https:// takes a tunnel: have the client use CONNECT, as it does with HTTPS_PROXY=http://..."
                + " (not https_proxy=https://...)");
    }

    /**
     * The target did not answer as HTTP has it.
     *
     * @param error of RFC 9209
     */
    static HttpAnswer badGateway(String error, String why) {
        return new HttpAnswer(HttpResponseStatus.BAD_GATEWAY, error, why, "");
    }

    ByteBuf encode(ByteBufAllocator allocator) {
        byte[] body = body();
        return encodeHead(allocator, body, CLOSE).writeBytes(body);
    }

    /** The same on a connection that stays open for the next request. */
    ByteBuf encodeOpen(ByteBufAllocator allocator) {
        byte[] body = body();
        return encodeHead(allocator, body, "").writeBytes(body);
    }

    /** The same without its body, as a HEAD request gets it (RFC 9110, section 9.3.2). */
    ByteBuf encodeHead(ByteBufAllocator allocator) {
        return encodeHead(allocator, body(), CLOSE);
    }

    private byte[] body() {
        String body = switch (form) {
            case TEXT -> WHO + ": " + text + "\n" + (isDenial() ? RefusalPage.FINAL + "\n" : "");
            case PAGE -> RefusalPage.of(status.toString(), text, isDenial());
        };
        return body.getBytes(StandardCharsets.UTF_8);
    }

    private ByteBuf encodeHead(ByteBufAllocator allocator, byte[] body, String connectionField) {
        String head = "HTTP/1.1 " + status.code() + " " + status.reasonPhrase() + "\r\n"
                + extraFields
                + "Proxy-Status: " + WHO + "; error=" + error + "; details=" + structured(text) + "\r\n"
                + "Content-Type: " + form.mediaType + "; charset=utf-8\r\n"
                + "Content-Length: " + body.length + "\r\n"
                + connectionField
                + "\r\n";
        ByteBuf answer = allocator.directBuffer(head.length() + body.length);
        ByteBufUtil.writeAscii(answer, head);
        return answer;
    }

    private static HttpAnswer of(HttpResponseStatus status, String error, ConnectFailure failure) {
        return new HttpAnswer(status, error, failure.getMessage(), "");
    }

    private static String oneLine(String text) {
        var line = new StringBuilder(text.length());
        text.chars().forEach(c -> line.append(Character.isISOControl(c) ? ' ' : (char) c));
        return line.toString();
    }

    /** A String of RFC 8941, section 3.3.3: printable ASCII, quote and backslash escaped. */
    private static String structured(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('"');
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c >= 0x20 && c < 0x7F ? (char) c : '?');
        });
        return quoted.append('"').toString();
    }
}
