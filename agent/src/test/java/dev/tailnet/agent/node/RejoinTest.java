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
    void anotherKeyInTheFileIsTriedAfterARefusal() throws Exception {
        Path file = Files.writeString(directory.resolve("key"), "spent");
        Rejoin rejoin = with(new AuthKey(Secret.of("spent"), "TS_AUTHKEY", Optional.of(file)));
        NodeCondition refused = removed.after(parser.parse("{\"ErrMessage\":\"authkey already used\"}"));
        rejoin.update(refused, loop);
        Files.writeString(file, "newer");
        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();

        rejoin.update(refused, loop);
        Files.writeString(file, "newest");
        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
        rejoin.update(running, loop);
    }

    @Test
    void aKeyThatCameBeforeTheRefusalIsTriedToo() throws Exception {
        Path file = Files.writeString(directory.resolve("key"), "newer");
        Rejoin rejoin = with(new AuthKey(Secret.of("spent"), "TS_AUTHKEY", Optional.of(file)));
        rejoin.update(removed.after(parser.parse("{\"ErrMessage\":\"authkey already used\"}")), loop);

        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
        rejoin.update(removed.afterStop(), loop);
    }

    @Test
    void aFileThatIsGoneIsWaitedFor() throws Exception {
        Path file = directory.resolve("key");
        Rejoin rejoin = with(new AuthKey(Secret.of("older"), "TS_AUTHKEY", Optional.of(file)));
        rejoin.update(removed, loop);
        loop.schedule(() -> Files.writeString(file, "newer"), 2, TimeUnit.SECONDS)
                .sync();

        assertThat(logins.poll(SOON.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
        rejoin.update(running, loop);
    }

    @Test
    void aLogoutEndsWhatIsUnderWay() throws Exception {
        Rejoin rejoin = with(key());
        rejoin.update(removed, loop);
        rejoin.update(running.after(parser.parse("{\"State\":2,\"Prefs\":{\"LoggedOut\":true}}")), loop);

        loop.schedule(() -> {}, 1100, TimeUnit.MILLISECONDS).sync();
        assertThat(logins).isEmpty();
    }

    /** As many nodes as may lose their login at one moment: no tenth of the time has more than its share. */
    @Test
    void thousandsComeBackSpreadOut() {
        int nodes = 5000;
        for (int losses : new int[] {1, 4, 9}) {
            int[] tenths = new int[10];
            for (int node = 0; node < nodes; node++) {
                long full =
                        Math.min(1000L << (losses - 1), Duration.ofMinutes(5).toMillis());
                long spread = Rejoin.delay(losses, new SplittableRandom()).toMillis() - full / 2;
                tenths[(int) Math.min(9, spread * 10 / (full / 2))]++;
            }
            for (int share : tenths) {
                assertThat(share).as("after %d losses", losses).isBetween(nodes / 10 * 7 / 10, nodes / 10 * 13 / 10);
            }
        }
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
