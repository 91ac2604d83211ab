package dev.tailnet.agent.check;

/** The agent was asked and did not answer, or there is none; the message says which, and what to do. */
public final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    public Unanswered(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
