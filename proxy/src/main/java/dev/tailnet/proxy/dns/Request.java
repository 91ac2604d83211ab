package dev.tailnet.proxy.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import org.jspecify.annotations.Nullable;

/** What came in as a DNS message, read. */
sealed interface Request {

    /** The client's number for its query. */
    int id();

    /** The flag that is repeated in the response. */
    boolean recursionDesired();

    /**
     * A query that can be answered.
     *
     * @param name as the client spelled it, with the trailing dot
     * @param edns null without an OPT record (RFC 6891)
     * @param message the whole message as it came
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Query(
            int id,
            boolean recursionDesired,
            String name,
            DnsRecordType type,
            int dnsClass,
            @Nullable Edns edns,
            byte[] message)
            implements Request {}

    /** One that can only be turned down. */
    record Unusable(int id, boolean recursionDesired, DnsResponseCode code) implements Request {}

    /**
     * What the client can take beyond RFC 1035.
     *
     * @param payload bytes of a UDP response, at least 512
     * @param version 0 is the only one there is
     */
    record Edns(int payload, int version) {}
}
