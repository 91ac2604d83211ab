package dev.tailnet.proxy.auth;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Knows a set of users, which may be replaced at any time. A hash is computed once for each user and on a thread of its own,
 * as it takes milliseconds: what has proved right is then remembered, as a keyed digest.
 */
public final class UserAuthenticator implements Authenticator {
    /** More waiting than this are not going to be served in the time that a handshake has. */
    private static final int MOST_WAITING = 256;

    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor hashing;
    private volatile @Nullable Known known;

    /** A set of users with what was proved about it. */
    private record Known(Users users, ProvedCredentials proved) {}

    /**
     * @param users null when nobody is to be asked
     */
    public UserAuthenticator(@Nullable Users users) {
        hashing = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().daemon().name("password-hashing").factory());
        hashing.allowCoreThreadTimeOut(true);
        replace(users);
    }

    /** From now on these are the users; who has been let in stays in. */
    public void replace(@Nullable Users users) {
        known = users == null ? null : new Known(users, new ProvedCredentials());
    }

    @Override
    public boolean isRequired() {
        return known != null;
    }

    @Override
    public Future<Optional<String>> authenticate(Credentials credentials, EventExecutor executor) {
        Known now = known;
        if (now == null) {
            return executor.newSucceededFuture(Optional.empty());
        }
        if (now.proved().contains(credentials)) {
            return executor.newSucceededFuture(Optional.of(credentials.user()));
        }
        Promise<Optional<String>> result = executor.newPromise();
        try {
            hashing.execute(() -> check(now, credentials, result));
        } catch (RejectedExecutionException e) {
            return result.setFailure(new ConnectFailure(
                    FailureReason.RESOURCES, "too many passwords are being checked at once; try again later"));
        }
        return result;
    }

    private static void check(Known now, Credentials credentials, Promise<Optional<String>> result) {
        if (result.isCancelled()) {
            return;
        }
        try {
            if (now.users().areRight(credentials)) {
                now.proved().add(credentials);
                result.trySuccess(Optional.of(credentials.user()));
            } else {
                result.trySuccess(Optional.empty());
            }
        } catch (RuntimeException e) {
            result.tryFailure(e);
        }
    }
}
