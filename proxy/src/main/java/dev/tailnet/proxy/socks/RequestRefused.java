package dev.tailnet.proxy.socks;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;

/** A request that cannot be served; goes through Netty's decoder with the status that the client is to get. */
final class RequestRefused extends DecoderException {
    private static final long serialVersionUID = 1L;

    private final transient Socks5CommandStatus status;

    RequestRefused(Socks5CommandStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** The status for a request that could not be decoded. */
    static Socks5CommandStatus statusOf(Throwable cause) {
        return cause instanceof RequestRefused refused ? refused.status : Socks5CommandStatus.FAILURE;
    }

    /** It is the client's fault; where it was found tells nothing. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
