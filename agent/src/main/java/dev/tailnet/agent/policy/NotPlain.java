package dev.tailnet.agent.policy;

/** Says that {@link PlainTokens} leaves a text to the library; whether there is anything wrong with it is not known. */
final class NotPlain extends RuntimeException {
    static final NotPlain INSTANCE = new NotPlain();

    private static final long serialVersionUID = 1;

    private NotPlain() {
        super(null, null, false, false);
    }
}
