package dev.tailnet.agent.node;

import dev.tailnet.agent.config.AuthKey;
import dev.tailnet.agent.config.Credential;
import dev.tailnet.agent.config.OAuthClient;
import dev.tailnet.agent.config.Secret;
import dev.tailnet.agent.config.WorkloadIdentity;
import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.LoginCredential;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the node in again when it has lost its login, with what it logged in with before; a file is read anew. Once for each
 * loss: what the control server refuses it would refuse again. Losses that follow each other are answered ever later, and each
 * a little later than they could be, as all nodes of a tailnet may have lost theirs at the same moment.
 */
final class Rejoin {
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 16;

    /** A login that held this long was a good one. */
    private static final long GOOD_NANOS = Duration.ofMinutes(10).toNanos();

    private static final Logger LOGGER = LoggerFactory.getLogger(Rejoin.class);

    private final Optional<Credential> credential;
    private final Consumer<LoginCredential> logIn;
    private final RandomGenerator random;
    private boolean answered;
    private int losses;
    private long lastLoss;
    private @Nullable Future<?> timer;

    /** @param logIn has the node log in */
    Rejoin(Optional<Credential> credential, Consumer<LoginCredential> logIn, RandomGenerator random) {
        this.credential = credential;
        this.logIn = logIn;
        this.random = random;
    }

    /** Takes over what is known of the node. */
    synchronized void update(NodeCondition condition, EventExecutor executor) {
        boolean lost = condition.hasLostItsLogin();
        if (!lost) {
            if (condition.ipn() == IpnState.RUNNING || condition.stopped()) {
                answered = false;
                cancel();
            }
            return;
        }
        if (answered || credential.isEmpty() || condition.isRefused()) {
            return;
        }
        answered = true;
        long now = System.nanoTime();
        losses = losses > 0 && now - lastLoss < GOOD_NANOS ? losses + 1 : 1;
        lastLoss = now;
        Duration delay = delay(losses, random);
        LOGGER.info(
                "Logging in again in {} ms, with that of {}",
                delay.toMillis(),
                credential.get().source());
        timer = executor.schedule(
                () -> Thread.ofVirtual().name("rejoin").start(this::attempt), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Half of it to all of it, doubled with each loss. */
    static Duration delay(int losses, RandomGenerator random) {
        long full = Math.min(FIRST_DELAY.toMillis() << Math.min(losses - 1, MOST_DOUBLINGS), LONGEST_DELAY.toMillis());
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void attempt() {
        try (LoginCredential now = forLibrary(credential.orElseThrow().again())) {
            logIn.accept(now);
        } catch (IOException | BridgeException | IllegalArgumentException e) {
            LOGGER.warn("Cannot log in again: {}", e.getMessage());
        }
    }

    static LoginCredential forLibrary(Credential credential) {
        return switch (credential) {
            case AuthKey key -> LoginCredential.authKey(key.secret().reveal());
            case OAuthClient client ->
                LoginCredential.clientSecret(client.secret().reveal());
            case WorkloadIdentity identity ->
                LoginCredential.identity(
                        identity.clientId(),
                        identity.idToken().map(Secret::reveal).orElse(null),
                        identity.audience().orElse(null));
        };
    }
}
