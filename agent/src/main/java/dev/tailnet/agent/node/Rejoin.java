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
 * loss: what the control server refuses it would refuse again, until there is something else in the file, which is watched
 * meanwhile. Losses that follow each other are answered ever later, and each a little later than it could be, as all nodes of a
 * tailnet may have lost theirs at the same moment.
 */
final class Rejoin {
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 16;

    /** A login that held this long was a good one. */
    private static final long GOOD_NANOS = Duration.ofMinutes(10).toNanos();

    private static final Logger LOGGER = LoggerFactory.getLogger(Rejoin.class);

    private final @Nullable Credential credential;
    private final Consumer<LoginCredential> logIn;
    private final RandomGenerator random;
    private final @Nullable CredentialFile file;
    private boolean answered;
    private int losses;
    private long lastLoss;
    private @Nullable Future<?> timer;

    /** @param logIn has the node log in, and forgets what was said of the login before */
    Rejoin(Optional<Credential> credential, Consumer<LoginCredential> logIn, RandomGenerator random) {
        this.credential = credential.orElse(null);
        this.logIn = logIn;
        this.random = random;
        this.file = credential.flatMap(CredentialFile::of).orElse(null);
    }

    /** Takes over what is known of the node. */
    synchronized void update(NodeCondition condition, EventExecutor executor) {
        Credential own = credential;
        if (own == null) {
            return;
        }
        boolean lost = condition.hasLostItsLogin();
        boolean up = condition.ipn() == IpnState.RUNNING && !lost;
        if (up || condition.stopped() || condition.isLeft()) {
            answered = false;
            cancel();
            if (file != null) {
                file.rest();
            }
            return;
        }
        if (condition.isRefused()) {
            if (file != null) {
                file.await(() -> fileChanged(own, executor));
            }
            return;
        }
        if (answered || !lost) {
            return;
        }
        answered = true;
        long now = System.nanoTime();
        losses = losses > 0 && now - lastLoss < GOOD_NANOS ? losses + 1 : 1;
        lastLoss = now;
        Duration delay = delay(losses, random);
        LOGGER.info("Logging in again in {} ms, with that of {}", delay.toMillis(), own.source());
        schedule(own, delay, executor);
    }

    private synchronized void fileChanged(Credential own, EventExecutor executor) {
        cancel();
        answered = true;
        Duration delay = delay(1, random);
        LOGGER.info("There is another in the file of {}: logging in with it in {} ms", own.source(), delay.toMillis());
        schedule(own, delay, executor);
    }

    /** Half of it to all of it, doubled with each loss. */
    static Duration delay(int losses, RandomGenerator random) {
        long full = Math.min(FIRST_DELAY.toMillis() << Math.min(losses - 1, MOST_DOUBLINGS), LONGEST_DELAY.toMillis());
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }

    private void schedule(Credential own, Duration delay, EventExecutor executor) {
        timer = executor.schedule(() -> begin(own, executor), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void begin(Credential own, EventExecutor executor) {
        timer = null;
        Thread.ofVirtual().name("rejoin").start(() -> attempt(own, executor));
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void attempt(Credential own, EventExecutor executor) {
        try {
            Credential current = file == null ? own : file.read();
            try (LoginCredential now = forLibrary(current)) {
                logIn.accept(now);
            }
        } catch (IOException e) {
            LOGGER.warn("Cannot log in again: {}", e.getMessage());
            if (file != null) {
                file.await(() -> fileChanged(own, executor));
            }
        } catch (BridgeException | IllegalArgumentException e) {
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
