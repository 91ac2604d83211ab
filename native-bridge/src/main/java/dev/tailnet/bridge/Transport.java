package dev.tailnet.bridge;

/** What a port belongs to. */
public enum Transport {
    TCP(6),
    UDP(17);

    private final int number;

    Transport(int number) {
        this.number = number;
    }

    /** @throws BridgeException if the number, one of IANA's, is of neither */
    static Transport of(int number) {
        for (Transport transport : values()) {
            if (transport.number == number) {
                return transport;
            }
        }
        throw new BridgeException(Code.INTERNAL, "unknown transport " + number);
    }
}
