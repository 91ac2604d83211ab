package dev.tailnet.proxy.connection;

/** The pipeline event that says that the handshake's deadline has passed; whichever handler is in charge answers and closes. */
public enum HandshakeTimeout {
    INSTANCE
}
