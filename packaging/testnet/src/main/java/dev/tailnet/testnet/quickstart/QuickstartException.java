package dev.tailnet.testnet.quickstart;

/** Something of the quickstart does not work; the message says what and why. */
final class QuickstartException extends Exception {
    private static final long serialVersionUID = 1L;

    QuickstartException(String message) {
        super(message);
    }
}
