package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.resolve.DnsForwarder;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a request into the response: addresses as the proxies' own lookups find them, everything else as those who know it say. */
final class Answerer {
    private static final Logger LOGGER = LoggerFactory.getLogger(Answerer.class);

    /** Below the five seconds after which the C library's resolver asks again. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final Duration UNSAID = Duration.ofSeconds(5);
    private static final int MOST = 500;
    private static final int CODE_BYTE = 3;
    private static final int CODE_MASK = 0xf;

    private final Policy policy;
    private final Resolver resolver;
    private final DnsForwarder forwarder;
    private final BooleanSupplier nodeIsUp;
    private final ToldNames told = new ToldNames();
    private final AtomicInteger underWay = new AtomicInteger();
    private final LongAdder answered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder malformed = new LongAdder();

    Answerer(Policy policy, Resolver resolver, DnsForwarder forwarder, BooleanSupplier nodeIsUp) {
        this.policy = policy;
        this.resolver = resolver;
        this.forwarder = forwarder;
        this.nodeIsUp = nodeIsUp;
    }

    ToldNames told() {
        return told;
    }

    DnsCounts counts() {
        return new DnsCounts(answered.sum(), refused.sum(), failed.sum(), malformed.sum());
    }

    /**
     * Answers, whatever happens.
     *
     * @return the message, of any size and the caller's to release; cancelling it ends what is under way
     */
    Future<ByteBuf> answer(Request request, ByteBufAllocator allocator, EventExecutor executor) {
        return switch (request) {
            case Request.Unusable unusable -> {
                (unusable.code().equals(DnsResponseCode.FORMERR) ? malformed : refused).increment();
                yield executor.newSucceededFuture(Response.empty(allocator, unusable, unusable.code()));
            }
            case Request.Query query -> new Answering(query, allocator, executor).begin();
        };
    }

    /** One query on its way to its response. */
    private final class Answering {
        private final Request.Query query;
        private final ByteBufAllocator allocator;
        private final EventExecutor executor;
        private final Promise<ByteBuf> response;
        private final long deadline = System.nanoTime() + PATIENCE.toNanos();
        private @Nullable Future<?> step;

        Answering(Request.Query query, ByteBufAllocator allocator, EventExecutor executor) {
            this.query = query;
            this.allocator = allocator;
            this.executor = executor;
            this.response = executor.newPromise();
        }

        Future<ByteBuf> begin() {
            if (query.edns() != null && query.edns().version() != 0) {
                refused.increment();
                return response.setSuccess(Response.badVersion(allocator, query));
            }
            String name = withoutDot(query.name()).toLowerCase(Locale.ROOT);
            if (policy.onLookup(name) instanceof Verdict.Refused(String rule, String message)) {
                LOGGER.debug("Refused to look up {}: {} ({})", name, message, rule);
                refused.increment();
                return response.setSuccess(Response.empty(
                        allocator, query, policy.hidesNames() ? DnsResponseCode.NXDOMAIN : DnsResponseCode.REFUSED));
            }
            if (underWay.incrementAndGet() > MOST) {
                underWay.decrementAndGet();
                failed.increment();
                return response.setSuccess(Response.empty(allocator, query, DnsResponseCode.SERVFAIL));
            }
            response.addListener(done -> {
                underWay.decrementAndGet();
                if (done.isCancelled() && step != null) {
                    step.cancel(true);
                }
            });
            String host = isAddress(query.type()) ? hostName(name) : null;
            if (host == null) {
                forward();
            } else {
                resolve(host);
            }
            return response;
        }

        private void resolve(String host) {
            Future<Resolution> lookup = resolver.resolve(host, remaining(), executor);
            step = lookup;
            lookup.addListener((Future<Resolution> done) -> {
                if (response.isDone()) {
                    return;
                }
                if (!done.isSuccess()) {
                    fail(done.cause());
                } else if (done.getNow().exists()) {
                    found(host, done.getNow());
                } else {
                    // Whether it has records of other types, and who says so for how long, is not for this server to
                    // say.
                    forward();
                }
            });
        }

        private void found(String host, Resolution resolution) {
            int length = query.type().equals(DnsRecordType.A) ? 4 : 16;
            List<InetAddress> ofFamily = resolution.addresses().stream()
                    .filter(address -> address.getAddress().length == length)
                    .toList();
            Duration timeToLive = resolution.timeToLive() == null ? UNSAID : resolution.timeToLive();
            told.tell(host, ofFamily, timeToLive);
            succeed(Response.addresses(allocator, query, ofFamily, timeToLive));
        }

        private void forward() {
            Future<byte[]> forwarded = forwarder.forward(query.message(), remaining(), executor);
            step = forwarded;
            forwarded.addListener((Future<byte[]> done) -> {
                if (response.isDone()) {
                    return;
                }
                if (!done.isSuccess()) {
                    fail(done.cause());
                } else if (saysNoSuchName(done.getNow()) && !nodeIsUp.getAsBoolean()) {
                    fail(new IllegalStateException("the tailnet may know the name, once the node is up"));
                } else {
                    succeed(Response.forwarded(allocator, done.getNow()));
                }
            });
        }

        private void succeed(ByteBuf message) {
            if (response.trySuccess(message)) {
                answered.increment();
            } else {
                message.release();
            }
        }

        private void fail(Throwable cause) {
            LOGGER.debug("No answer for {} {}: {}", query.type().name(), query.name(), cause.getMessage());
            ByteBuf message = Response.empty(allocator, query, DnsResponseCode.SERVFAIL);
            if (response.trySuccess(message)) {
                failed.increment();
            } else {
                message.release();
            }
        }

        private Duration remaining() {
            return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        }
    }

    private static boolean isAddress(DnsRecordType type) {
        return type.equals(DnsRecordType.A) || type.equals(DnsRecordType.AAAA);
    }

    private static boolean saysNoSuchName(byte[] message) {
        return (message[CODE_BYTE] & CODE_MASK) == DnsResponseCode.NXDOMAIN.intValue();
    }

    /** Null for what no host is called. */
    private static @Nullable String hostName(String name) {
        try {
            return HostSyntax.parse(name) instanceof Host.Name(String host) ? host : null;
        } catch (ConnectFailure e) {
            return null;
        }
    }

    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
