package dev.tailnet.bridge;

/** {@code libtailscale.so} cannot be used: missing, for another machine, or of another version. One sentence says why and what to do. */
public final class LibraryException extends BridgeException {
    private static final long serialVersionUID = 1L;

    LibraryException(String message) {
        super(Code.INTERNAL, message);
    }

    LibraryException(String message, Throwable cause) {
        super(Code.INTERNAL, message, cause);
    }
}
