package dev.tailnet.proxy.connection;

/** The names of all handlers in a client connection's pipeline. */
public final class HandlerNames {
    public static final String PROTOCOL_DETECTOR = "protocol-detector";
    public static final String SOCKS4_REJECTION = "socks4-rejection";
    public static final String SOCKS5_GREETING = "socks5-greeting";
    public static final String SOCKS5_REQUEST = "socks5-request";
    public static final String SOCKS5_HANDSHAKE = "socks5-handshake";
    public static final String HTTP_DECODER = "http-decoder";
    public static final String HTTP_REQUEST = "http-request";
    public static final String CONNECT = "connect";
    public static final String FAREWELL = "farewell";

    private HandlerNames() {}
}
