package dev.tailnet.bridge;

/** A call that the library, or the bridge on its behalf, turned down; the message is fit to be shown. */
public class BridgeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    BridgeException(Code code, String message) {
        super(message);
        this.code = code;
    }

    BridgeException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The kind of failure, in the terms in which an operation's end is reported too. */
    public Code code() {
        return code;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
