package dev.tailnet.proxy.resolve;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers answers for as long as they hold, and has a name looked up once however many ask for it at the same time. What
 * could not be told is not remembered. Safe for use by any thread.
 */
public final class CachingResolver implements Resolver {
    private static final int NAMES = 10_000;

    private final Resolver source;
    private final LongSupplier nanoTime;

    private final Object lock = new Object();
    private final Memory memory = new Memory(NAMES);
    private final Map<String, Flight> flights = new HashMap<>();
    private long epoch;
    private long hits;
    private long joined;
    private long misses;

    /** A lookup under way, and who waits for it. */
    private static final class Flight {
        final String name;
        final long epoch;
        final List<Promise<Resolution>> waiting = new ArrayList<>(1);

        @Nullable
        Future<Resolution> lookup;

        Flight(String name, long epoch) {
            this.name = name;
            this.epoch = epoch;
        }
    }

    /** @param source is asked for what is not remembered */
    public CachingResolver(Resolver source) {
        this(source, System::nanoTime);
    }

    CachingResolver(Resolver source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    @Override
    public Future<Resolution> resolve(String name, Duration timeout, EventExecutor executor) {
        Promise<Resolution> answer = executor.newPromise();
        Flight flight;
        boolean takesOff;
        synchronized (lock) {
            Resolution known = memory.recall(name, nanoTime.getAsLong());
            if (known != null) {
                hits++;
                return answer.setSuccess(known);
            }
            Flight underWay = flights.get(name);
            takesOff = underWay == null;
            flight = underWay == null ? new Flight(name, epoch) : underWay;
            flight.waiting.add(answer);
            if (takesOff) {
                flights.put(name, flight);
                misses++;
            } else {
                joined++;
            }
        }
        answer.addListener(done -> {
            if (answer.isCancelled()) {
                left(flight, answer);
            }
        });
        if (takesOff) {
            Future<Resolution> lookup = source.resolve(name, timeout, executor);
            boolean abandoned;
            synchronized (lock) {
                flight.lookup = lookup;
                abandoned = flight.waiting.isEmpty();
            }
            lookup.addListener((Future<Resolution> done) -> landed(flight, done));
            if (abandoned) {
                lookup.cancel(true);
            }
        }
        return answer;
    }

    /** One who no longer waits ends the lookup only when nobody else does. */
    private void left(Flight flight, Promise<Resolution> answer) {
        Future<Resolution> lookup = null;
        synchronized (lock) {
            if (flight.waiting.remove(answer) && flight.waiting.isEmpty()) {
                flights.remove(flight.name, flight);
                lookup = flight.lookup;
            }
        }
        if (lookup != null) {
            lookup.cancel(true);
        }
    }

    private void landed(Flight flight, Future<Resolution> lookup) {
        List<Promise<Resolution>> waiting;
        synchronized (lock) {
            flights.remove(flight.name, flight);
            waiting = List.copyOf(flight.waiting);
            flight.waiting.clear();
            if (lookup.isSuccess() && flight.epoch == epoch) {
                memory.keep(flight.name, lookup.getNow(), nanoTime.getAsLong());
            }
        }
        for (Promise<Resolution> answer : waiting) {
            if (lookup.isSuccess()) {
                answer.trySuccess(lookup.getNow());
            } else {
                answer.tryFailure(lookup.cause());
            }
        }
    }

    /** Forgets all answers: those who knew may by now say something else. Lookups under way are not remembered either. */
    public void forget() {
        synchronized (lock) {
            epoch++;
            memory.forget();
            flights.clear();
        }
    }

    public CacheCounts counts() {
        synchronized (lock) {
            return new CacheCounts(hits, joined, misses, memory.size());
        }
    }
}
