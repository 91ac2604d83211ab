package dev.tailnet.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestResolver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordEncoder;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsFrontEndTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 1053);
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 40000);
    private static final InetAddress V4 = InetAddress.ofLiteral("100.64.0.7");
    private static final InetAddress V6 = InetAddress.ofLiteral("fd7a:115c:a1e0::7");
    private static final int NO_EDNS = 0;

    private static final InetAddress DENIED = InetAddress.ofLiteral("203.0.113.66");

    private final TestResolver resolver = new TestResolver();
    private final List<byte[]> forwarded = new ArrayList<>();
    private final List<Promise<byte[]>> forwards = new ArrayList<>();
    private boolean nodeIsUp = true;
    private final Policy policy = new Policy() {
        @Override
        public Verdict onLookup(String name) {
            return name.equals("secret.test") ? Verdict.refused("test", "not for you") : Verdict.allowed();
        }

        @Override
        public Verdict onTarget(dev.tailnet.proxy.request.ConnectRequest request) {
            return TestProxy.ALLOW_ALL.onTarget(request);
        }

        @Override
        public Verdict onAddress(
                dev.tailnet.proxy.request.ConnectRequest request,
                List<String> alsoCalled,
                InetAddress address,
                dev.tailnet.proxy.request.Route route) {
            return TestProxy.ALLOW_ALL.onAddress(request, List.of(), address, route);
        }

        @Override
        public boolean judgesAnswers() {
            return true;
        }

        @Override
        public Verdict onAnswer(
                String name, List<String> alsoCalled, InetAddress address, dev.tailnet.proxy.request.Route route) {
            return address.equals(DENIED) ? Verdict.refused("test", "not for you") : Verdict.allowed();
        }

        @Override
        public boolean hidesNames() {
            return namesAreHidden;
        }
    };
    private boolean namesAreHidden;
    private final DnsFrontEnd frontEnd = new DnsFrontEnd(
            policy,
            resolver.resolvers(),
            (query, timeout, executor) -> {
                forwarded.add(query);
                Promise<byte[]> forward = executor.newPromise();
                forwards.add(forward);
                return forward;
            },
            address -> dev.tailnet.proxy.request.Route.DIRECT,
            () -> nodeIsUp);
    private final EmbeddedChannel udp = new EmbeddedChannel();

    DnsFrontEndTest() {
        frontEnd.installUdp(udp.pipeline());
    }

    @AfterEach
    void close() {
        udp.finishAndReleaseAll();
    }

    @Test
    void answersWithTheAddressesOfTheFamilyThatIsAskedFor() {
        resolver.add("db.test", V4, V6);

        DatagramDnsResponse v4 = ask(query(7, "DB.Test.", DnsRecordType.A, NO_EDNS));
        assertThat(v4.id()).isEqualTo(7);
        assertThat(v4.code()).isEqualTo(DnsResponseCode.NOERROR);
        assertThat(v4.isRecursionAvailable()).isTrue();
        assertThat(v4.isRecursionDesired()).isTrue();
        assertThat(v4.recipient()).isEqualTo(SERVER);
        assertThat(v4.<DnsRecord>recordAt(DnsSection.QUESTION).name()).isEqualTo("DB.Test.");
        assertThat(addresses(v4)).containsExactly(V4);
        assertThat(addresses(ask(query(8, "db.test.", DnsRecordType.AAAA, NO_EDNS))))
                .containsExactly(V6);
        assertThat(resolver.asked()).containsExactly("db.test", "db.test");
        assertThat(frontEnd.counts()).isEqualTo(new DnsCounts(2, 0, 0, 0));
    }

    @Test
    void aNameWithAddressesOfTheOtherFamilyExists() {
        resolver.add("db.test", V4);

        DatagramDnsResponse none = ask(query(7, "db.test.", DnsRecordType.AAAA, NO_EDNS));
        assertThat(none.code()).isEqualTo(DnsResponseCode.NOERROR);
        assertThat(none.count(DnsSection.ANSWER)).isZero();
    }

    @Test
    void whoKnowsOtherTypesAnswersForThemAndForWhatHasNoAddress() {
        for (DnsRecordType type : List.of(DnsRecordType.TXT, DnsRecordType.A)) {
            byte[] query = query(9, "nobody.test.", type, NO_EDNS);
            udp.writeInbound(packet(query));
            byte[] response = response(query, DnsResponseCode.NXDOMAIN, 0);
            forwards.getLast().setSuccess(response);

            assertThat(forwarded.getLast()).isEqualTo(query);
            assertThat(answer().code()).isEqualTo(DnsResponseCode.NXDOMAIN);
        }
    }

    /** Before the node is up nobody can know what the tailnet will know: a client must not remember that there is nothing. */
    @Test
    void noNameIsSaidNotToExistBeforeTheNodeIsUp() {
        nodeIsUp = false;
        byte[] query = query(9, "nobody.test.", DnsRecordType.A, NO_EDNS);
        udp.writeInbound(packet(query));
        forwards.getFirst().setSuccess(response(query, DnsResponseCode.NXDOMAIN, 0));

        assertThat(answer().code()).isEqualTo(DnsResponseCode.SERVFAIL);
    }

    @Test
    void whatNobodyCanTellFails() {
        udp.writeInbound(packet(query(9, "x.test.", DnsRecordType.MX, NO_EDNS)));
        forwards.getFirst().setFailure(new ConnectFailure(FailureReason.RESOLUTION_TIMEOUT, "no answer"));

        DatagramDnsResponse failed = answer();
        assertThat(failed.code()).isEqualTo(DnsResponseCode.SERVFAIL);
        assertThat(failed.id()).isEqualTo(9);
        assertThat(frontEnd.counts()).isEqualTo(new DnsCounts(0, 0, 1, 0));
    }

    @Test
    void aNameThatThePolicyDeniesIsRefusedAndNotLookedUp() {
        for (DnsRecordType type : List.of(DnsRecordType.A, DnsRecordType.TXT)) {
            assertThat(ask(query(9, "SECRET.test.", type, NO_EDNS)).code()).isEqualTo(DnsResponseCode.REFUSED);
        }
        namesAreHidden = true;
        assertThat(ask(query(9, "SECRET.test.", DnsRecordType.AAAA, NO_EDNS)).code())
                .isEqualTo(DnsResponseCode.NXDOMAIN);
        assertThat(resolver.asked()).isEmpty();
        assertThat(forwarded).isEmpty();
    }

    @Test
    void addressesThatThePolicyDeniesAreLeftOut() {
        resolver.add("mixed.test", DENIED, V4, V6);
        resolver.add("bad.test", DENIED);
        resolver.add("six.test", DENIED, V6);

        assertThat(addresses(ask(query(7, "mixed.test.", DnsRecordType.A, NO_EDNS))))
                .containsExactly(V4);
        assertThat(ask(query(7, "bad.test.", DnsRecordType.A, NO_EDNS)).code()).isEqualTo(DnsResponseCode.REFUSED);
        DatagramDnsResponse other = ask(query(7, "six.test.", DnsRecordType.A, NO_EDNS));
        assertThat(other.code()).as("the name is there").isEqualTo(DnsResponseCode.NOERROR);
        assertThat(addresses(other)).isEmpty();
        namesAreHidden = true;
        assertThat(ask(query(7, "bad.test.", DnsRecordType.A, NO_EDNS)).code()).isEqualTo(DnsResponseCode.NXDOMAIN);
        assertThat(frontEnd.counts()).isEqualTo(new DnsCounts(2, 2, 0, 0));
    }

    @Test
    void othersDoNotTellThemEither() {
        assertThat(addresses(forward(DnsRecordType.A, answer(DENIED), answer(V4))))
                .containsExactly(V4);
        assertThat(forward(DnsRecordType.A, answer(DENIED)).code()).isEqualTo(DnsResponseCode.REFUSED);
        assertThat(forward(DnsRecordType.ANY, answer(V4), answer(DENIED)).count(DnsSection.ANSWER))
                .isZero();
        assertThat(forward(DnsRecordType.ANY, answer(V4)).count(DnsSection.ANSWER))
                .isOne();

        byte[] hints = {0, 1, 0, 0, 4, 0, 8, (byte) 192, 0, 2, 1, (byte) 203, 0, 113, 66};
        assertThat(forward(HTTPS, out -> record(out, "x.test.", HTTPS, 1, hints))
                        .count(DnsSection.ANSWER))
                .isZero();
        hints[14] = 1;
        assertThat(forward(HTTPS, out -> record(out, "x.test.", HTTPS, 1, hints))
                        .count(DnsSection.ANSWER))
                .isOne();
        byte[] cutOff = {0, 1, 0, 0, 4, 0, 8, 1};
        assertThat(forward(HTTPS, out -> record(out, "x.test.", HTTPS, 1, cutOff))
                        .code())
                .isEqualTo(DnsResponseCode.SERVFAIL);
    }

    @Test
    void additionalAddressesAreLeftOutAsAWhole() {
        byte[] query = query(9, "x.test.", DnsRecordType.SRV, NO_EDNS);
        udp.writeInbound(packet(query));
        ByteBuf out = header(query, 1, 2);
        question(out, "x.test.", DnsRecordType.SRV);
        record(out, "x.test.", DnsRecordType.SRV, 1, new byte[] {0, 0, 0, 0, 0, 80, 1, 'a', 0});
        record(out, "a.", DnsRecordType.A, 1, DENIED.getAddress());
        record(out, "a.", DnsRecordType.A, 1, V4.getAddress());
        forwards.getLast().setSuccess(taken(out));

        DatagramDnsResponse response = answer();
        assertThat(response.count(DnsSection.ANSWER)).isOne();
        assertThat(response.count(DnsSection.ADDITIONAL)).isZero();
    }

    private static final DnsRecordType HTTPS = DnsRecordType.valueOf(65);

    @SafeVarargs
    private DatagramDnsResponse forward(DnsRecordType type, Consumer<ByteBuf>... answers) {
        byte[] query = query(9, "x.test.", type, NO_EDNS);
        udp.writeInbound(packet(query));
        ByteBuf out = header(query, answers.length, 0);
        question(out, "x.test.", type);
        for (Consumer<ByteBuf> answer : answers) {
            answer.accept(out);
        }
        forwards.getLast().setSuccess(taken(out));
        return answer();
    }

    private static Consumer<ByteBuf> answer(InetAddress address) {
        return out -> record(out, "x.test.", DnsRecordType.A, 1, address.getAddress());
    }

    private static ByteBuf header(byte[] query, int answers, int additional) {
        ByteBuf out = Unpooled.buffer();
        out.writeShort(firstTwo(query)).writeShort(0x8100).writeShort(1).writeShort(answers);
        return out.writeShort(0).writeShort(additional);
    }

    @ParameterizedTest
    @CsvSource({"0,512", "100,512", "512,512", "1232,1232", "65535,4096"})
    void aResponseThatTheClientCannotTakeIsTruncated(int payload, int limit) {
        byte[] query = query(9, "long.test.", DnsRecordType.TXT, payload);
        udp.writeInbound(packet(query));
        forwards.getLast().setSuccess(response(query, DnsResponseCode.NOERROR, limit));
        assertThat(answer().isTruncated()).isFalse();

        udp.writeInbound(packet(query));
        forwards.getLast().setSuccess(response(query, DnsResponseCode.NOERROR, limit + 1));
        DatagramDnsResponse truncated = answer();
        assertThat(truncated.isTruncated()).isTrue();
        assertThat(truncated.count(DnsSection.ANSWER)).isZero();
        assertThat(truncated.count(DnsSection.QUESTION)).isOne();
    }

    @Test
    void ednsIsAnsweredWithEdns() {
        resolver.add("db.test", V4);

        DatagramDnsResponse response = ask(query(9, "db.test.", DnsRecordType.A, 1232));
        DnsRecord opt = response.recordAt(DnsSection.ADDITIONAL);
        assertThat(opt.type()).isEqualTo(DnsRecordType.OPT);
        assertThat(opt.dnsClass()).isEqualTo(4096);
        assertThat(opt.timeToLive()).isZero();

        byte[] ofTheFuture = query(9, "db.test.", DnsRecordType.A, 1232);
        ofTheFuture[ofTheFuture.length - 5] = 1;
        DnsRecord badVersion = ask(ofTheFuture).recordAt(DnsSection.ADDITIONAL);
        assertThat(badVersion.timeToLive() >> 24).as("BADVERS").isOne();
    }

    @Test
    void overTcpTheWholeResponseFollowsItsLength() {
        EmbeddedChannel tcp = new EmbeddedChannel() {
            @Override
            protected java.net.SocketAddress localAddress0() {
                return SERVER;
            }

            @Override
            protected java.net.SocketAddress remoteAddress0() {
                return CLIENT;
            }
        };
        frontEnd.installTcp(tcp.pipeline());
        resolver.add("db.test", V4);
        byte[] first = query(1, "long.test.", DnsRecordType.TXT, NO_EDNS);
        byte[] second = query(2, "db.test.", DnsRecordType.A, NO_EDNS);
        ByteBuf both = Unpooled.buffer().writeShort(first.length).writeBytes(first);
        both.writeShort(second.length).writeBytes(second);
        for (byte b : ByteBufUtil.getBytes(both)) {
            tcp.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }
        both.release();
        forwards.getFirst().setSuccess(response(first, DnsResponseCode.NOERROR, 9000));

        ByteBuf stream = Unpooled.buffer();
        for (ByteBuf part = tcp.readOutbound(); part != null; part = tcp.readOutbound()) {
            stream.writeBytes(part);
            part.release();
        }
        byte[] quick = new byte[stream.readUnsignedShort()];
        stream.readBytes(quick);
        assertThat(quick[1]).as("what is known at once is not kept back").isEqualTo((byte) 2);
        assertThat(stream.readUnsignedShort()).isEqualTo(9000).isEqualTo(stream.readableBytes());
        stream.release();
        tcp.finishAndReleaseAll();
    }

    @Test
    void aTcpClientThatLeavesTakesItsQueriesWithIt() {
        EmbeddedChannel tcp = new EmbeddedChannel();
        tcp.pipeline()
                .addLast(new TcpHandler(new Answerer(
                        policy,
                        resolver.resolvers(),
                        (query, timeout, executor) -> {
                            Promise<byte[]> forward = executor.newPromise();
                            forwards.add(forward);
                            return forward;
                        },
                        address -> dev.tailnet.proxy.request.Route.DIRECT,
                        () -> true)));
        byte[] message = query(1, "x.test.", DnsRecordType.TXT, NO_EDNS);
        tcp.writeInbound(new RequestDecoder.From(
                new Request.Query(1, true, "x.test.", DnsRecordType.TXT, 1, null, message), CLIENT));
        tcp.close();

        assertThat(forwards.getFirst().isCancelled()).isTrue();
        tcp.finishAndReleaseAll();
    }

    @ParameterizedTest
    @CsvSource({
        "2,0x29,4", // another opcode: NOTIMP
        "5,2,1", // two questions: FORMERR
        "5,0,1", // none: FORMERR
        "7,1,1", // an answer in a query: FORMERR
        "23,3,4", // the class CHAOS: NOTIMP
        "21,252,5" // a zone transfer: REFUSED
    })
    void whatIsNotServedIsTurnedDown(int offset, String value, int code) {
        byte[] query = query(3, "x.test.", DnsRecordType.A, NO_EDNS);
        query[offset] = Integer.decode(value).byteValue();

        assertThat(ask(query).code().intValue()).isEqualTo(code);
    }

    @Test
    void aResponseIsNotAnswered() {
        byte[] query = query(3, "x.test.", DnsRecordType.A, NO_EDNS);
        query[2] |= (byte) 0x80;
        udp.writeInbound(packet(query));

        assertThat(udp.<Object>readOutbound()).isNull();
    }

    /** Seeds are in the message of a failure: each byte of a query changed, cut or grown must be answered or dropped, and nothing more. */
    @Test
    void damagedQueriesDoNoHarm() {
        resolver.add("db.test", V4);
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] query = query(3, "db.test.", DnsRecordType.A, round % 2 == 0 ? NO_EDNS : 1232);
            for (int i = random.nextInt(4); i >= 0; i--) {
                query[random.nextInt(query.length)] = (byte) random.nextInt();
            }
            byte[] damaged = java.util.Arrays.copyOf(query, random.nextInt(query.length + 8));
            udp.writeInbound(packet(damaged));
            forwards.forEach(forward -> forward.trySuccess(response(query, DnsResponseCode.NOERROR, 0)));
            forwards.clear();
            DatagramPacket response = udp.readOutbound();
            if (response != null) {
                ByteBuf content = response.content();
                assertThat(content.readableBytes()).as("seed " + seed).isGreaterThanOrEqualTo(12);
                assertThat(content.getByte(2) & 0x80).as("seed " + seed).isNotZero();
                assertThat(content.getShort(0)).as("seed " + seed).isEqualTo(firstTwo(damaged));
                response.release();
            }
            udp.checkException();
        }
    }

    private static short firstTwo(byte[] message) {
        return (short) ((message[0] & 0xff) << 8 | (message[1] & 0xff));
    }

    private DatagramDnsResponse ask(byte[] query) {
        udp.writeInbound(packet(query));
        return answer();
    }

    private DatagramDnsResponse answer() {
        DatagramPacket packet = udp.readOutbound();
        assertThat(packet).as("an answer").isNotNull();
        var decoder = new EmbeddedChannel(new DatagramDnsResponseDecoder());
        decoder.writeInbound(new DatagramPacket(packet.content(), SERVER, packet.recipient()));
        DatagramDnsResponse response = decoder.readInbound();
        DatagramDnsResponse kept = response.touch();
        releaseLater.add(kept);
        return kept;
    }

    private final List<DatagramDnsResponse> releaseLater = new ArrayList<>();

    @AfterEach
    void releaseAnswers() {
        releaseLater.forEach(DatagramDnsResponse::release);
    }

    private static List<InetAddress> addresses(DatagramDnsResponse response) {
        return IntStream.range(0, response.count(DnsSection.ANSWER))
                .mapToObj(i -> response.<DnsRawRecord>recordAt(DnsSection.ANSWER, i))
                .map(record -> address(ByteBufUtil.getBytes(record.content())))
                .toList();
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static DatagramPacket packet(byte[] message) {
        return new DatagramPacket(Unpooled.wrappedBuffer(message), SERVER, CLIENT);
    }

    /** @param payload of an OPT record, which is then the end of the message; 0 for none */
    private static byte[] query(int id, String name, DnsRecordType type, int payload) {
        ByteBuf out = Unpooled.buffer();
        out.writeShort(id).writeShort(0x0100).writeShort(1).writeShort(0).writeShort(0);
        out.writeShort(payload == NO_EDNS ? 0 : 1);
        question(out, name, type);
        if (payload != NO_EDNS) {
            record(out, ".", DnsRecordType.OPT, payload, new byte[0]);
        }
        return taken(out);
    }

    /** @param length of the whole, filled with one TXT record; 0 for none */
    private static byte[] response(byte[] query, DnsResponseCode code, int length) {
        ByteBuf out = Unpooled.buffer();
        out.writeShort(firstTwo(query)).writeShort(0x8100 | code.intValue()).writeShort(1);
        out.writeShort(length == 0 ? 0 : 1).writeInt(0);
        question(out, "long.test.", DnsRecordType.TXT);
        if (length > 0) {
            int overhead = 1 + 10;
            record(out, ".", DnsRecordType.TXT, 1, new byte[length - out.readableBytes() - overhead]);
        }
        return taken(out);
    }

    private static void question(ByteBuf out, String name, DnsRecordType type) {
        try {
            DnsRecordEncoder.DEFAULT.encodeQuestion(new DefaultDnsQuestion(name, type), out);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void record(ByteBuf out, String name, DnsRecordType type, int dnsClass, byte[] data) {
        try {
            DnsRecordEncoder.DEFAULT.encodeRecord(
                    new DefaultDnsRawRecord(name, type, dnsClass, 0, Unpooled.wrappedBuffer(data)), out);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] taken(ByteBuf out) {
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }
}
