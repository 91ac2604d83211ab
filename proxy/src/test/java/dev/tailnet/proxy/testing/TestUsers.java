package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.auth.Credentials;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Knows the user {@code ci} with the password {@code secret}; answers {@code slow} only when the test does. */
public final class TestUsers implements Authenticator {
    public static final String USER = "ci";
    public static final String PASSWORD = "secret";
    public static final String SLOW = "slow";

    private final BlockingQueue<Promise<Optional<String>>> slow = new LinkedBlockingQueue<>();

    /** The next check of {@link #SLOW}. */
    public Promise<Optional<String>> nextSlow() throws InterruptedException {
        return slow.take();
    }

    @Override
    public boolean isRequired() {
        return true;
    }

    @Override
    public Future<Optional<String>> authenticate(Credentials credentials, EventExecutor executor) {
        if (credentials.user().equals(SLOW)) {
            Promise<Optional<String>> answer = executor.newPromise();
            slow.add(answer);
            return answer;
        }
        boolean isRight = credentials.user().equals(USER)
                && new String(credentials.password(), StandardCharsets.UTF_8).equals(PASSWORD);
        return executor.newSucceededFuture(isRight ? Optional.of(USER) : Optional.empty());
    }
}
