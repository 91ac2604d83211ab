package dev.tailnet.proxy.request;

/** A tunnel that did not come about; the message is fit to be shown to the client. */
public final class ConnectFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureReason reason;

    public ConnectFailure(FailureReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** One for a fault of this program. */
    public static ConnectFailure internal(Throwable cause) {
        return new ConnectFailure(FailureReason.INTERNAL, "a fault of the agent: " + cause);
    }

    public FailureReason reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
