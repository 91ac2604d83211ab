package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.dns.Request.Edns;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordEncoder;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Writes responses (RFC 1035, section 4.1), the records with Netty's codec. */
final class Response {
    /** What this server takes over UDP, as it tells clients that can (RFC 6891). */
    private static final int OWN_PAYLOAD = 4096;

    private static final int PLAIN_PAYLOAD = 512;
    private static final int BAD_VERSION = 16;

    private static final int FLAGS = 2;
    private static final int RESPONSE = 0x8000;
    private static final int TRUNCATED = 0x0200;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int CODE_BITS = 4;

    private Response() {}

    /** One without records. */
    static ByteBuf empty(ByteBufAllocator allocator, Request request, DnsResponseCode code) {
        return message(allocator, request, code.intValue(), 0, List.of(), Duration.ZERO);
    }

    /** To a client that speaks a version of EDNS that nobody else does. */
    static ByteBuf badVersion(ByteBufAllocator allocator, Request.Query query) {
        return message(allocator, query, BAD_VERSION, 0, List.of(), Duration.ZERO);
    }

    /** One that says no more than that the client has to ask over TCP. */
    static ByteBuf truncated(ByteBufAllocator allocator, Request.Query query) {
        return message(allocator, query, 0, TRUNCATED, List.of(), Duration.ZERO);
    }

    /** One with the addresses, all of the family that is asked for. */
    static ByteBuf addresses(
            ByteBufAllocator allocator, Request.Query query, List<InetAddress> addresses, Duration timeToLive) {
        return message(allocator, query, 0, 0, addresses, timeToLive);
    }

    /** One that somebody else has written. */
    static ByteBuf forwarded(ByteBufAllocator allocator, byte[] message) {
        ByteBuf response = allocator.ioBuffer(message.length).writeBytes(message);
        return response.setShort(FLAGS, response.getUnsignedShort(FLAGS) | RECURSION_AVAILABLE);
    }

    /** How long a response to a query over UDP may be. */
    static int limit(Request request) {
        return request instanceof Request.Query query && query.edns() != null
                ? Math.min(query.edns().payload(), OWN_PAYLOAD)
                : PLAIN_PAYLOAD;
    }

    private static ByteBuf message(
            ByteBufAllocator allocator,
            Request request,
            int code,
            int extraFlags,
            List<InetAddress> addresses,
            Duration timeToLive) {
        ByteBuf out = allocator.ioBuffer(PLAIN_PAYLOAD);
        try {
            out.writeShort(request.id());
            out.writeShort(RESPONSE
                    | RECURSION_AVAILABLE
                    | (request.recursionDesired() ? RECURSION_DESIRED : 0)
                    | extraFlags
                    | (code & (1 << CODE_BITS) - 1));
            switch (request) {
                case Request.Unusable unusable -> counts(out, 0, 0, 0);
                case Request.Query query -> {
                    counts(out, 1, addresses.size(), query.edns() == null ? 0 : 1);
                    records(out, query, addresses, timeToLive, code >> CODE_BITS);
                }
            }
            return out;
        } catch (Exception e) {
            out.release();
            throw new IllegalStateException("a name that was read can be written", e);
        }
    }

    private static void counts(ByteBuf out, int questions, int answers, int additional) {
        out.writeShort(questions).writeShort(answers).writeShort(0).writeShort(additional);
    }

    private static void records(
            ByteBuf out, Request.Query query, List<InetAddress> addresses, Duration timeToLive, int upperCode)
            throws Exception {
        var encoder = DnsRecordEncoder.DEFAULT;
        encoder.encodeQuestion(new DefaultDnsQuestion(query.name(), query.type(), query.dnsClass()), out);
        for (InetAddress address : addresses) {
            encode(
                    encoder,
                    out,
                    query.name(),
                    query.type(),
                    query.dnsClass(),
                    timeToLive.toSeconds(),
                    address.getAddress());
        }
        Edns edns = query.edns();
        if (edns != null) {
            encode(encoder, out, ".", DnsRecordType.OPT, OWN_PAYLOAD, (long) upperCode << 24, new byte[0]);
        }
    }

    private static void encode(
            DnsRecordEncoder encoder,
            ByteBuf out,
            String name,
            DnsRecordType type,
            int dnsClass,
            long timeToLive,
            byte[] data)
            throws Exception {
        ByteBuf content = out.alloc().buffer(Math.max(1, data.length)).writeBytes(data);
        DnsRawRecord record = new DefaultDnsRawRecord(name, type, dnsClass, timeToLive, content);
        try {
            encoder.encodeRecord((DnsRecord) record, out);
        } finally {
            record.release();
        }
    }
}
