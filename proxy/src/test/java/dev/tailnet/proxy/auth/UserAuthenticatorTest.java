package dev.tailnet.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SucceededFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UserAuthenticatorTest {
    private final DefaultEventExecutor executor = new DefaultEventExecutor();
    private final UserAuthenticator authenticator = new UserAuthenticator(users("ci:" + PasswordHashTest.SHA512));

    @AfterEach
    void stop() {
        executor.shutdownGracefully();
    }

    @Test
    void knowsWhoIsRight() throws Exception {
        assertThat(authenticator.isRequired()).isTrue();
        assertThat(ask("ci", "correct horse").get()).contains("ci");
        assertThat(ask("ci", "wrong").get()).isEmpty();
        assertThat(ask("nobody", "correct horse").get()).isEmpty();
    }

    @Test
    void whatProvedRightIsAnsweredAtOnceAndNothingElse() throws Exception {
        assertThat(ask("ci", "correct horse").sync()).as("hashed").isNotInstanceOf(SucceededFuture.class);
        assertThat(ask("ci", "correct horse")).as("at once").isInstanceOf(SucceededFuture.class);
        assertThat(ask("ci", "correct horsf")).isNotInstanceOf(SucceededFuture.class);
        assertThat(ask("c", "icorrect horse")).isNotInstanceOf(SucceededFuture.class);
    }

    @Test
    void newUsersReplaceTheOldAndWhatWasProved() throws Exception {
        ask("ci", "correct horse").sync();
        authenticator.replace(users("ops:" + PasswordHashTest.SHA512));
        assertThat(ask("ci", "correct horse").get()).isEmpty();
        assertThat(ask("ops", "correct horse").get()).contains("ops");
        authenticator.replace(null);
        assertThat(authenticator.isRequired()).isFalse();
        assertThat(ask("ops", "correct horse").get()).as("nobody is known").isEmpty();
    }

    @Test
    void tooManyAtOnceAreToldSo() {
        List<Future<Optional<String>>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(ask("ci", "wrong " + i));
        }
        assertThat(all).anySatisfy(refused -> {
            assertThat(refused.isDone()).isTrue();
            assertThat(refused.cause())
                    .isInstanceOfSatisfying(
                            ConnectFailure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(FailureReason.RESOURCES));
        });
        all.forEach(waiting -> waiting.cancel(false));
    }

    private Future<Optional<String>> ask(String user, String password) {
        return authenticator.authenticate(UsersTest.credentials(user, password), executor);
    }

    private static Users users(String... lines) {
        return Users.parse(List.of(lines), (line, message) -> {
            throw new AssertionError(message);
        });
    }
}
