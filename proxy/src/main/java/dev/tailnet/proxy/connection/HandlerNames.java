package dev.tailnet.proxy.connection;

/** The names of all handlers in a client connection's pipeline. */
public final class HandlerNames {
    public static final String PROTOCOL_DETECTOR = "protocol-detector";
    public static final String SOCKS_VERSION = "socks-version";
    public static final String SOCKS4_REQUEST = "socks4-request";
    public static final String SOCKS4_HANDSHAKE = "socks4-handshake";
    public static final String SOCKS5_GREETING = "socks5-greeting";
    public static final String SOCKS5_PASSWORD_DECODER = "socks5-password-decoder";
    public static final String SOCKS5_PASSWORD = "socks5-password";
    public static final String SOCKS5_REQUEST = "socks5-request";
    public static final String SOCKS5_ASSOCIATION = "socks5-association";
    public static final String SOCKS5_HANDSHAKE = "socks5-handshake";
    public static final String HTTP_DECODER = "http-decoder";
    public static final String HTTP_AUTHENTICATION = "http-authentication";
    public static final String HTTP_ENCODER = "http-encoder";
    public static final String HTTP_REQUEST = "http-request";
    public static final String CONNECT = "connect";
    public static final String PASSED_SOCKET = "passed-socket";
    public static final String SHOWN_NAME = "shown-name";
    public static final String FAREWELL = "farewell";

    private HandlerNames() {}
}
