package dev.tailnet.proxy.peek;

import io.netty.buffer.ByteBuf;

/** What the first bytes of a connection say of the host that is meant. */
public sealed interface ShownName {

    /** It cannot be told yet. */
    record Incomplete() implements ShownName {}

    /**
     * A host by name, or what stands in its place.
     *
     * @param name as the client wrote it
     * @param protocol that it was found in
     */
    record Found(String name, Protocol protocol) implements ShownName {}

    /** None, or more than one, or one that cannot be read; no further byte changes that. */
    record Missing(Protocol protocol) implements ShownName {}

    /** What is spoken, and so what an answer has to be in. */
    enum Protocol {
        TLS,
        HTTP,
        OTHER
    }

    ShownName INCOMPLETE = new Incomplete();

    /** @param bytes from the first one on; left as they are */
    static ShownName in(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return INCOMPLETE;
        }
        byte first = bytes.getByte(bytes.readerIndex());
        if (first == ClientHello.HANDSHAKE) {
            return ClientHello.read(bytes);
        }
        return first >= 'A' && first <= 'Z' ? HostField.read(bytes) : new Missing(Protocol.OTHER);
    }
}
