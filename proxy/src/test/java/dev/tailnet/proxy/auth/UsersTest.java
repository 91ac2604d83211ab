package dev.tailnet.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsersTest {
    private static final String HASH = PasswordHashTest.SHA512;

    private final List<String> problems = new ArrayList<>();

    private Users parse(String... lines) {
        return Users.parse(List.of(lines), (line, message) -> problems.add(line + ": " + message));
    }

    @Test
    void readsNamesAndHashes() {
        Users users = parse("# who may", "", "ci:" + HASH, "  ops@example.com:" + HASH + "  ");
        assertThat(problems).isEmpty();
        assertThat(users.names()).containsExactly("ci", "ops@example.com");
        assertThat(users).hasToString("2 users").isEqualTo(parse("ci:" + HASH, "ops@example.com:" + HASH));
        assertThat(users).isNotEqualTo(parse("ci:" + HASH));
    }

    @Test
    void onlyTheRightPasswordOfAKnownUserIsRight() {
        Users users = parse("ci:" + HASH);
        assertThat(users.areRight(credentials("ci", "correct horse"))).isTrue();
        assertThat(users.areRight(credentials("ci", "wrong"))).isFalse();
        assertThat(users.areRight(credentials("CI", "correct horse"))).isFalse();
        assertThat(users.areRight(credentials("", "correct horse"))).isFalse();
    }

    @Test
    void everyProblemHasItsLineAndQuotesNothing() {
        parse("ci", "ops:secret", ":" + HASH, "a b:" + HASH, "ci:" + HASH, "ci:" + HASH, "x".repeat(256) + ":" + HASH);
        assertThat(problems)
                .hasSize(6)
                .anyMatch(problem -> problem.startsWith("1: this is not of the form name:hash"))
                .anyMatch(problem -> problem.startsWith("2: ") && problem.contains("openssl passwd -6"))
                .anyMatch(problem -> problem.startsWith("3: there is no name"))
                .anyMatch(problem -> problem.startsWith("4: the name has blanks"))
                .anyMatch(problem -> problem.startsWith("6: this user was given before"))
                .anyMatch(problem -> problem.startsWith("7: the name is longer"))
                .noneMatch(problem -> problem.contains("secret") || problem.contains("ops"));
    }

    @Test
    void aFileWithoutUsersIsAProblem() {
        parse("# nobody");
        assertThat(problems).singleElement().asString().startsWith("1: there is no user");
    }

    @Test
    void credentialsShowNothingAndAreBounded() {
        assertThat(credentials("ci", "secret").toString()).isEqualTo("Credentials");
        assertThat(Credentials.of(new byte[256], new byte[1])).isEmpty();
        assertThat(Credentials.of(new byte[1], new byte[256])).isEmpty();
        assertThat(Credentials.of(new byte[] {(byte) 0xff}, new byte[1])).isEmpty();
    }

    static Credentials credentials(String user, String password) {
        return new Credentials(user, password.getBytes(StandardCharsets.UTF_8));
    }
}
