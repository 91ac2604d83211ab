package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.dns.Request.Edns;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads DNS messages with Netty's codec, and sorts out at once what cannot be answered. What is no query gets no answer at all. */
final class RequestDecoder extends DatagramDnsQueryDecoder {
    private static final int HEADER = 12;
    private static final int LEAST_PAYLOAD = 512;

    /** A request and where its response goes. */
    record From(Request request, InetSocketAddress client) {}

    @Override
    protected void decode(ChannelHandlerContext ctx, DatagramPacket packet, List<Object> out) {
        Request request = read(ctx, packet);
        if (request != null) {
            out.add(new From(request, packet.sender()));
        }
    }

    private @Nullable Request read(ChannelHandlerContext ctx, DatagramPacket packet) {
        ByteBuf content = packet.content();
        if (content.readableBytes() < HEADER) {
            return null;
        }
        byte[] message = ByteBufUtil.getBytes(content);
        int id = (message[0] & 0xff) << 8 | (message[1] & 0xff);
        boolean isResponse = (message[2] & 0x80) != 0;
        boolean recursionDesired = (message[2] & 0x01) != 0;
        if (isResponse) {
            return null;
        }
        List<Object> decoded = new ArrayList<>(1);
        try {
            super.decode(ctx, packet, decoded);
        } catch (Exception e) {
            return new Request.Unusable(id, recursionDesired, DnsResponseCode.FORMERR);
        }
        var query = (DatagramDnsQuery) decoded.getFirst();
        try {
            return judge(query, message);
        } finally {
            query.release();
        }
    }

    private static Request judge(DatagramDnsQuery query, byte[] message) {
        if (!query.opCode().equals(DnsOpCode.QUERY)) {
            return unusable(query, DnsResponseCode.NOTIMP);
        }
        if (query.count(DnsSection.QUESTION) != 1 || announcesAnswers(message)) {
            return unusable(query, DnsResponseCode.FORMERR);
        }
        DnsQuestion question = query.recordAt(DnsSection.QUESTION);
        if (question.dnsClass() != DnsRecord.CLASS_IN) {
            return unusable(query, DnsResponseCode.NOTIMP);
        }
        if (question.type().equals(DnsRecordType.AXFR) || question.type().equals(DnsRecordType.IXFR)) {
            return unusable(query, DnsResponseCode.REFUSED);
        }
        Edns edns = edns(query);
        return new Request.Query(
                query.id(),
                query.isRecursionDesired(),
                question.name(),
                question.type(),
                question.dnsClass(),
                edns,
                message);
    }

    /** By the counts in the header: the codec takes a message that ends before the records for one without them. */
    private static boolean announcesAnswers(byte[] message) {
        return (message[6] | message[7] | message[8] | message[9]) != 0;
    }

    private static Request unusable(DatagramDnsQuery query, DnsResponseCode code) {
        return new Request.Unusable(query.id(), query.isRecursionDesired(), code);
    }

    private static @Nullable Edns edns(DatagramDnsQuery query) {
        for (int i = 0; i < query.count(DnsSection.ADDITIONAL); i++) {
            DnsRecord record = query.recordAt(DnsSection.ADDITIONAL, i);
            if (record.type().equals(DnsRecordType.OPT)) {
                // The class holds the size, the time to live the version (RFC 6891, section 6.1.3).
                return new Edns(
                        Math.max(LEAST_PAYLOAD, record.dnsClass() & 0xffff), (int) (record.timeToLive() >> 16 & 0xff));
            }
        }
        return null;
    }
}
