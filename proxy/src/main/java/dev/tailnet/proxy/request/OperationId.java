package dev.tailnet.proxy.request;

/** Numbers of the dials and tunnels of a request, all below 2^62. The first is the request's own, and each shows whose it is. */
public final class OperationId {
    private static final int REQUEST_BITS = 48;
    private static final long REQUEST = (1L << REQUEST_BITS) - 1;

    /** The highest that {@code nth} may be. */
    public static final int LAST = (1 << 14) - 1;

    private OperationId() {}

    /** @param nth from 0, which has the request's own number, to {@link #LAST} */
    public static long of(ConnectRequest request, int nth) {
        if (nth < 0 || nth > LAST) {
            throw new IllegalArgumentException("request " + request.id() + " cannot have an operation " + nth);
        }
        return request.id() | (long) nth << REQUEST_BITS;
    }

    /** The number of the request that an operation is of. */
    public static long request(long operation) {
        return operation & REQUEST;
    }
}
