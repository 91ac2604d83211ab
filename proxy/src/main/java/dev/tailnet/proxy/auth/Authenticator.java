package dev.tailnet.proxy.auth;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.Optional;

/** Tells whether clients are who they say. Safe for use by any event loop; never blocks. */
public interface Authenticator {

    /** Lets everybody in without asking. */
    Authenticator NONE = new Authenticator() {
        @Override
        public boolean isRequired() {
            return false;
        }

        @Override
        public Future<Optional<String>> authenticate(Credentials credentials, EventExecutor executor) {
            return executor.newSucceededFuture(Optional.empty());
        }
    };

    /** Whether a client has to say who it is. May change while connections are open. */
    boolean isRequired();

    /**
     * Checks what a client says.
     *
     * @param executor completes the result
     * @return the user's name; empty when there is no such user or the password is wrong, which takes equally long. Fails
     *     with a {@link dev.tailnet.proxy.request.ConnectFailure} when it cannot be checked now
     */
    Future<Optional<String>> authenticate(Credentials credentials, EventExecutor executor);
}
