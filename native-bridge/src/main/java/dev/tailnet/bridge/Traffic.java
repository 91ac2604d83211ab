package dev.tailnet.bridge;

/** What open connections have moved so far. */
public final class Traffic {
    /** The number of fields of {@code struct tailnet_traffic}, each a uint64. */
    static final int FIELDS = 3;

    /** For how many connections room is made at first. */
    static final int ROOM = 64;

    private final long[] fields;
    private final int connections;

    Traffic(long[] fields, int connections) {
        this.fields = fields;
        this.connections = connections;
    }

    /** Which connections. */
    public enum Of {
        /** Tunnels, by the ids that the caller chose. */
        TUNNELS(0),
        /** Connections from the tailnet, by the ids of their events. */
        INBOUND(1);

        private final int number;

        Of(int number) {
            this.number = number;
        }

        /** As in {@code enum tailnet_traffic_of}. */
        int number() {
            return number;
        }
    }

    /** Takes one connection. */
    @FunctionalInterface
    public interface Taker {

        /**
         * @param up bytes from the client, or from the peer
         * @param down bytes to it
         */
        void take(long id, long up, long down);
    }

    /** Gives each connection, in no order. */
    public void forEach(Taker taker) {
        for (int i = 0; i < connections * FIELDS; i += FIELDS) {
            taker.take(fields[i], fields[i + 1], fields[i + 2]);
        }
    }
}
