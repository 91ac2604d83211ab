package dev.tailnet.proxy.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachingResolverTest {
    private static final ImmediateEventExecutor EXECUTOR = ImmediateEventExecutor.INSTANCE;
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("100.64.0.7");

    private final List<Promise<Resolution>> lookups = new ArrayList<>();
    private long now = 1_000_000;
    private final CachingResolver resolver = new CachingResolver(
            (name, timeout, executor) -> {
                Promise<Resolution> lookup = executor.newPromise();
                lookups.add(lookup);
                return lookup;
            },
            () -> now);

    @Test
    void remembersForAsLongAsTheAnswerHolds() {
        Future<Resolution> first = resolve("db");
        answer(0, Duration.ofSeconds(60));
        now += Duration.ofSeconds(20).toNanos();
        Resolution remembered = resolve("db").getNow();

        assertThat(first.getNow().cached()).isFalse();
        assertThat(remembered.cached()).isTrue();
        assertThat(remembered.addresses()).containsExactly(ADDRESS);
        assertThat(remembered.timeToLive()).isEqualTo(Duration.ofSeconds(40));
        assertThat(lookups).hasSize(1);

        now += Duration.ofSeconds(40).toNanos();
        assertThat(resolve("db").isDone()).isFalse();
        assertThat(lookups).hasSize(2);
        assertThat(resolver.counts()).isEqualTo(new CacheCounts(1, 0, 2, 0));
    }

    /** Seconds that it was said to hold, that there is an address, and seconds that it is believed. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"86400,true,300", "-,true,5", "0,true,0", "3600,false,60", "10,false,10", "-,false,1", "0,false,0"
            })
    void believesNothingForTooLong(@Nullable Integer said, boolean exists, int believed) {
        resolve("db");
        lookups.getFirst().setSuccess(resolution(said == null ? null : Duration.ofSeconds(said), exists));

        if (believed > 0) {
            now += Duration.ofSeconds(believed).toNanos() - 1;
            assertThat(resolve("db").isDone()).isTrue();
            now++;
        }
        assertThat(resolve("db").isDone()).isFalse();
    }

    @Test
    void doesNotRememberThatNobodyCouldTell() {
        Future<Resolution> failed = resolve("db");
        lookups.getFirst().setFailure(new ConnectFailure(FailureReason.RESOLUTION_FAILED, "SERVFAIL"));

        assertThat(failed.cause()).hasMessage("SERVFAIL");
        assertThat(resolve("db").isDone()).isFalse();
    }

    @Test
    void asksOnceForAllWhoWantToKnowAtTheSameTime() {
        List<Future<Resolution>> waiting = List.of(resolve("db"), resolve("db"), resolve("db"));
        Future<Resolution> other = resolve("web");

        assertThat(lookups).hasSize(2);
        answer(0, Duration.ofSeconds(5));
        assertThat(waiting).allMatch(Future::isSuccess);
        assertThat(other.isDone()).isFalse();
        assertThat(resolver.counts()).isEqualTo(new CacheCounts(0, 2, 2, 1));
    }

    @Test
    void oneWhoLeavesLeavesTheOthersTheirLookup() {
        Future<Resolution> leaves = resolve("db");
        Future<Resolution> stays = resolve("db");

        leaves.cancel(true);
        assertThat(lookups.getFirst().isDone()).isFalse();
        answer(0, Duration.ofSeconds(5));
        assertThat(stays.isSuccess()).isTrue();
    }

    @Test
    void theLastWhoLeavesEndsTheLookup() {
        Future<Resolution> one = resolve("db");
        Future<Resolution> other = resolve("db");

        one.cancel(true);
        other.cancel(true);
        assertThat(lookups.getFirst().isCancelled()).isTrue();
        assertThat(resolve("db").isDone()).isFalse();
        assertThat(lookups).hasSize(2);
    }

    @Test
    void forgets() {
        resolve("db");
        answer(0, Duration.ofSeconds(60));
        resolver.forget();

        assertThat(resolve("db").isDone()).isFalse();
        assertThat(resolver.counts().names()).isZero();
    }

    /** What was asked before a change may be answered by who does not know of it. */
    @Test
    void doesNotRememberWhatWasUnderWayWhenItForgot() {
        Future<Resolution> before = resolve("db");
        resolver.forget();
        Future<Resolution> after = resolve("db");
        assertThat(lookups).hasSize(2);

        answer(0, Duration.ofSeconds(60));
        assertThat(before.isSuccess()).isTrue();
        assertThat(after.isDone()).isFalse();
        answer(1, Duration.ofSeconds(60));
        assertThat(resolve("db").getNow().cached()).isTrue();
    }

    @Test
    void remembersABoundedNumberOfNames() {
        for (int i = 0; i < 10_050; i++) {
            resolve("name" + i);
            answer(i, Duration.ofSeconds(60));
            resolve("name0");
        }

        assertThat(resolver.counts().names()).isEqualTo(10_000);
        assertThat(resolve("name0").isDone()).as("the one that is in use stays").isTrue();
        assertThat(resolve("name1").isDone()).isFalse();
    }

    private Future<Resolution> resolve(String name) {
        return resolver.resolve(name, Duration.ofSeconds(10), EXECUTOR);
    }

    private void answer(int lookup, Duration timeToLive) {
        lookups.get(lookup).setSuccess(resolution(timeToLive, true));
    }

    private static Resolution resolution(@Nullable Duration timeToLive, boolean exists) {
        return new Resolution(exists ? List.of(ADDRESS) : List.of(), List.of(), timeToLive, "test", false);
    }
}
