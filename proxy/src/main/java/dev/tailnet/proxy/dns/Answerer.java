package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.resolve.DnsForwarder;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.route.RouteTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
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
    private final Resolvers resolvers;
    private final DnsForwarder forwarder;
    private final RouteTable routes;
    private final BooleanSupplier nodeIsUp;
    /** A program that looks up a name asks for addresses of two kinds, and again. */
    private final LatelyTold refusals = new LatelyTold();

    private final ToldNames told = new ToldNames();
    private final AtomicInteger underWay = new AtomicInteger();
    private final LongAdder answered = new LongAdder();
    private final LongAdder refusedQueries = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder malformed = new LongAdder();

    Answerer(Policy policy, Resolvers resolvers, DnsForwarder forwarder, RouteTable routes, BooleanSupplier nodeIsUp) {
        this.policy = policy;
        this.resolvers = resolvers;
        this.forwarder = forwarder;
        this.routes = routes;
        this.nodeIsUp = nodeIsUp;
    }

    ToldNames told() {
        return told;
    }

    DnsCounts counts() {
        return new DnsCounts(answered.sum(), refusedQueries.sum(), failed.sum(), malformed.sum());
    }

    /**
     * Answers, whatever happens.
     *
     * @return the message, of any size and the caller's to release; cancelling it ends what is under way
     */
    Future<ByteBuf> answer(Request request, ByteBufAllocator allocator, EventExecutor executor) {
        return switch (request) {
            case Request.Unusable unusable -> {
                (unusable.code().equals(DnsResponseCode.FORMERR) ? malformed : refusedQueries).increment();
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
        private final String name;
        /** One policy answers all questions about the query. */
        private final Policy asked = policy.current();

        private @Nullable Future<?> step;

        Answering(Request.Query query, ByteBufAllocator allocator, EventExecutor executor) {
            this.query = query;
            this.allocator = allocator;
            this.executor = executor;
            this.response = executor.newPromise();
            this.name = withoutDot(query.name()).toLowerCase(Locale.ROOT);
        }

        Future<ByteBuf> begin() {
            if (query.edns() != null && query.edns().version() != 0) {
                refusedQueries.increment();
                return response.setSuccess(Response.badVersion(allocator, query));
            }
            String host = isAddress(query.type()) ? hostName(name) : null;
            Verdict.Refused refused = asked.onLookup(name) instanceof Verdict.Refused denied ? denied : null;
            if (refused != null && (host == null || !asked.mayAllowByAnotherName(name))) {
                return refuse(refused);
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
            if (host == null) {
                forward();
            } else if (refused == null) {
                resolve(host);
            } else {
                resolveInTailnet(host, refused);
            }
            return response;
        }

        private Future<ByteBuf> refuse(Verdict.Refused refused) {
            if (refusals.isDue(name, System.nanoTime())) {
                LOGGER.info("Looking up {} is refused: {}", name, refused.message());
            }
            ByteBuf message = Response.empty(
                    allocator, query, asked.hidesNames() ? DnsResponseCode.NXDOMAIN : DnsResponseCode.REFUSED);
            if (response.trySuccess(message)) {
                refusedQueries.increment();
            } else {
                message.release();
            }
            return response;
        }

        private void resolve(String host) {
            Future<Resolution> lookup = resolvers.everywhere().resolve(host, remaining(), executor);
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

        /** For a name that is refused, unless the tailnet has a host of another name by it that is not. */
        private void resolveInTailnet(String host, Verdict.Refused refused) {
            Future<Resolution> lookup = resolvers.tailnet().resolve(host, remaining(), executor);
            step = lookup;
            lookup.addListener((Future<Resolution> done) -> {
                if (response.isDone()) {
                    return;
                }
                if (done.isSuccess() && !done.getNow().alsoCalled().isEmpty()) {
                    found(host, done.getNow());
                } else {
                    refuse(refused);
                }
            });
        }

        private void found(String host, Resolution resolution) {
            List<InetAddress> allowed = new ArrayList<>();
            Verdict.Refused refused = null;
            for (InetAddress address : resolution.addresses()) {
                switch (asked.onAnswer(host, resolution.alsoCalled(), address, routes.routeOf(address))) {
                    case Verdict.Allowed yes -> allowed.add(address);
                    case Verdict.Refused no -> refused = refused == null ? no : refused;
                }
            }
            if (allowed.isEmpty() && refused != null) {
                refuse(refused);
                return;
            }
            int length = query.type().equals(DnsRecordType.A) ? 4 : 16;
            List<InetAddress> ofFamily = allowed.stream()
                    .filter(address -> address.getAddress().length == length)
                    .toList();
            Duration timeToLive = resolution.timeToLive() == null ? UNSAID : resolution.timeToLive();
            told.tell(host, ofFamily, resolution.alsoCalled(), timeToLive);
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
                    passOn(done.getNow());
                }
            });
        }

        /** An address that is denied is not told by others either. */
        private void passOn(byte[] message) {
            if (!asked.judgesAnswers()) {
                succeed(Response.forwarded(allocator, message));
                return;
            }
            ForwardedAddresses addresses;
            try {
                addresses = ForwardedAddresses.in(message);
            } catch (IllegalArgumentException e) {
                fail(e);
                return;
            }
            Map<Boolean, List<ForwardedAddresses.Found>> byVerdict = addresses.found().stream()
                    .collect(Collectors.partitioningBy(
                            found -> asked.onAnswer(name, List.of(), found.address(), routes.routeOf(found.address()))
                                    instanceof Verdict.Allowed));
            List<ForwardedAddresses.Found> denied = Objects.requireNonNull(byVerdict.get(false));
            if (denied.isEmpty()) {
                succeed(Response.forwarded(allocator, message));
            } else if (denied.stream().allMatch(ForwardedAddresses.Found::isAdditional)) {
                succeed(Response.forwarded(allocator, addresses.withoutAdditional(message)));
            } else {
                withoutDenied(Objects.requireNonNull(byVerdict.get(true)), denied.getFirst());
            }
        }

        private void withoutDenied(List<ForwardedAddresses.Found> allowed, ForwardedAddresses.Found denied) {
            List<ForwardedAddresses.Found> wanted = allowed.stream()
                    .filter(found -> found.type() == query.type().intValue() && !found.isAdditional())
                    .toList();
            if (!isAddress(query.type())) {
                succeed(Response.empty(allocator, query, DnsResponseCode.NOERROR));
            } else if (wanted.isEmpty()) {
                refuse(new Verdict.Refused(
                        "address", "no address is left that may be told, " + denied.address() + " may not"));
            } else {
                long seconds = wanted.stream()
                        .mapToLong(ForwardedAddresses.Found::timeToLive)
                        .min()
                        .orElseThrow();
                succeed(Response.addresses(
                        allocator,
                        query,
                        wanted.stream().map(ForwardedAddresses.Found::address).toList(),
                        Duration.ofSeconds(seconds)));
            }
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
