package dev.tailnet.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files of users that are none: each line is read or is a problem, and no problem tells what stood there. */
class UsersFuzzTest {
    private static final long SEED = 0x7573657273L;
    private static final int ROUNDS = 20_000;
    private static final String ALPHABET = ":$#56=./ \tabcXYZ09\u0000\u0085\u2028üé😀\r-";

    private final Random random = new Random(SEED);

    @Test
    void everyLineIsReadOrAProblem() {
        for (int round = 0; round < ROUNDS; round++) {
            List<String> lines = lines();
            try {
                var found = new ArrayList<String>();
                Users users = Users.parse(lines, (line, message) -> {
                    assertThat(line).isBetween(1, Math.max(1, lines.size()));
                    found.add(message);
                });
                assertThat(users.names().isEmpty() && found.isEmpty()).isFalse();
                for (String message : found) {
                    assertThat(message).hasSizeBetween(10, 150).matches("[\\x20-\\x7e]+");
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + SEED + ", round " + round + ": " + lines, e);
            }
        }
    }

    private List<String> lines() {
        var lines = new ArrayList<String>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            lines.add(random.nextBoolean() ? garbage(random.nextInt(40)) : mutated());
        }
        return lines;
    }

    private String garbage(int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    private String mutated() {
        var line = new StringBuilder("ci:$6$rounds=5000$saltsalt$" + "a".repeat(86));
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(line.length());
            switch (random.nextInt(3)) {
                case 0 -> line.setCharAt(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                case 1 -> line.deleteCharAt(at);
                default -> line.insert(at, garbage(3));
            }
        }
        return line.toString();
    }
}
