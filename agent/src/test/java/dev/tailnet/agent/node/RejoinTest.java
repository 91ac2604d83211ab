package dev.tailnet.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.AuthKey;
import dev.tailnet.agent.config.OAuthClient;
import dev.tailnet.agent.config.Secret;
import dev.tailnet.agent.config.WorkloadIdentity;
import dev.tailnet.bridge.LoginCredential;
import io.netty.channel.DefaultEventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejoinTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private final NotificationParser parser = new NotificationParser();
    private final LinkedBlockingQueue<LoginCredential> logins = new LinkedBlockingQueue<>();
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final NodeCondition running = NodeCondition.initial().after(parser.parse("{\"State\":6}"));
    private final NodeCondition removed = running.after(parser.parse("{\"NodeRemoved\":\"404\"}"));

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private Rejoin with(AuthKey key) {
        return new Rejoin(Optional.of(key), logins::add, new SplittableRandom(1));
    }

    private static AuthKey key() {
        return new AuthKey(Secret.of("k"), "TS_AUTHKEY", Optional.empty());
    }

    @Test
    void aLossIsAnsweredOnce() throws Exception {
        Rejoin rejoin = with(key());
        rejoin.update(removed, loop);
        rejoin.update(removed, loop);

        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
        rejoin.update(removed, loop);
        rejoin.update(running, loop);
        assertThat(logins).isEmpty();
    }

    @Test
    void theNextLossIsAnsweredToo() throws Exception {
        Rejoin rejoin = with(key());
        rejoin.update(removed, loop);
        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
        rejoin.update(running, loop);
        rejoin.update(removed, loop);

        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
    }

    @Test
    void whatIsRefusedIsNotTriedAgain() throws Exception {
        Rejoin rejoin = with(key());
        rejoin.update(removed.after(parser.parse("{\"ErrMessage\":\"authkey expired\"}")), loop);
        rejoin.update(removed.afterStop(), loop);

        loop.submit(() -> {}).sync();
        assertThat(logins).isEmpty();
    }

    @Test
    void nobodyRejoinsWithoutACredential() throws Exception {
        new Rejoin(Optional.empty(), logins::add, new SplittableRandom(1)).update(removed, loop);

        loop.submit(() -> {}).sync();
        assertThat(logins).isEmpty();
    }

    @Test
    void aKeyFileIsReadAnew() throws Exception {
        Path file = Files.writeString(directory.resolve("key"), "newer");
        Rejoin rejoin = with(new AuthKey(Secret.of("older"), "TS_AUTHKEY", Optional.of(file)));
        rejoin.update(removed, loop);

        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
    }

    @Test
    void delaysGrowAndDiffer() {
        var random = new SplittableRandom(1);
        Set<Duration> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Duration first = Rejoin.delay(1, random);
            assertThat(first).isBetween(Duration.ofMillis(500), Duration.ofMillis(1000));
            seen.add(first);
            assertThat(Rejoin.delay(4, random)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
            assertThat(Rejoin.delay(1000, random)).isBetween(Duration.ofSeconds(150), Duration.ofSeconds(300));
        }
        assertThat(seen).hasSizeGreaterThan(10);
    }

    @Test
    void everyCredentialHasAFormForTheLibrary() {
        Secret secret = Secret.of("s");
        for (var credential : Set.of(
                key(),
                new OAuthClient(secret, "TS_CLIENT_SECRET", Optional.empty()),
                new WorkloadIdentity("c", Optional.of(secret), Optional.empty(), "TS_CLIENT_ID", Optional.empty()),
                new WorkloadIdentity("c", Optional.empty(), Optional.of("a"), "TS_CLIENT_ID", Optional.empty()))) {
            try (LoginCredential form = Rejoin.forLibrary(credential)) {
                assertThat(form.toString()).doesNotContain("s");
            }
        }
    }
}
