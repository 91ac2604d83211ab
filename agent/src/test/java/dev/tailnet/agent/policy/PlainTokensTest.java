package dev.tailnet.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** That what is read without the library is what the library reads, and that policies as people write them are. */
class PlainTokensTest {
    private static final int MUTATIONS = 30_000;
    private static final String ALPHABET = "abnul0179 \n:-#,[]{}'\"*&!|>%@`~?./_=<\\\t\r\u00e4\u00a0\u0085\ufeff";

    private static final List<String> PARTS = List.of(
            "rules:",
            "- ",
            "  ",
            "\n",
            "name: a",
            "hosts: [a.b, '*.c']",
            "{name: x, action: deny}",
            "# why",
            " #",
            "\n  - a",
            "\n    b: c",
            "ports: 80",
            "null",
            "~",
            "true",
            "- - ",
            ": ",
            "'it''s'",
            "\"x\\n\"",
            "::1/128",
            "2001:db8::/48",
            "---",
            "...",
            "\n\n",
            "a:b",
            "? ",
            "[",
            "]",
            "{",
            "}");

    private static final List<String> POLICIES = List.of("""
            # what may be reached
            ---
            mode: enforce
            default: deny   # what is left
            rules:
              - name: not the old one
                action: deny
                hosts: v1.internal.example.com

              # the rest
              - name: tailnet
                action: allow
                routes: [tailnet, subnet]
                ports: [ 80, 8000-8999 ]
              - action: allow
                hosts:
                  - api.example.com
                  - '*.example.org'
                  - ".internal.example.com"
                cidrs:
                - 10.0.0.0/8
                - 2001:db8::/32
                paths: /a/b
            """, """
            rules:
            - {name: r1, action: deny, hosts: [a.example, b.example], ports: [80]}
            - {name: "r 2", action: allow, cidrs: ['2001:db8::/32', 10.0.0.1]}
            - name: bücher
              action: deny
              hosts: bücher.example
            close-denied: false""", """
            default: allow
            rules:
            - action: deny
              hosts:
              - a.example
              - b.example
            require-name: yes
            """);

    /** A token as far as both have to agree. */
    private record Seen(String kind, String text, int line) {}

    @Test
    void readsPoliciesAsPeopleWriteThem() {
        for (String policy : POLICIES) {
            assertThat(plain(policy)).as(policy).isPresent();
            assertThat(PolicyFile.plain("test", policy, Long.MAX_VALUE))
                    .as(policy)
                    .hasValueSatisfying(
                            read -> assertThat(read).isEqualTo(PolicyFile.anything("test", policy, Long.MAX_VALUE)));
        }
    }

    @Test
    void agreesWithTheLibraryOnWhateverItReads() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String text = mutated(POLICIES.get(random.nextInt(POLICIES.size())), random);
            Optional<List<Seen>> plain = plain(text);
            if (plain.isPresent()) {
                read++;
                assertThat(plain.get()).as("seed %d: %s", seed, text).isEqualTo(library(text));
            }
        }
        assertThat(read).as("seed %d", seed).isGreaterThan(MUTATIONS / 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing\n",
                "a",
                "- a\n",
                "a:\n",
                "a: null\n",
                "a: ~\n",
                "a: *b\n",
                "a: &b c\n",
                "a: !!str b\n",
                "a: |\n  b\n",
                "a: b\n  c\n",
                "a: 'b''c'\n",
                "a: \"b\\n\"\n",
                "a: [b,\n  c]\n",
                "a: [b, c\n",
                "a: {b: c\n",
                "a: [b]]\n",
                "a: b\n---\na: c\n",
                "a:\tb\n",
                "\ufeffa: b\n",
                "a: b\r\n",
                "a: b: c\n",
                "a: [b: c]\n",
                "a: 'b' c\n",
                "a:\n- b\n c: d\n",
                "  a: b\n c: d\n",
                "  ---\na: b\n",
                "a: b #c\n#d\n e: f\n",
                "a: []\n",
                "a: {}\n",
                "? a\n: b\n"
            })
    void leavesToTheLibrary(String text) {
        assertThat(plain(text)).isEmpty();
    }

    private static String mutated(String policy, Random random) {
        var text = new StringBuilder(policy);
        for (int left = random.nextInt(4); left >= 0; left--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                case 2 -> text.setCharAt(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                default -> text.insert(at, PARTS.get(random.nextInt(PARTS.size())));
            }
        }
        return text.toString();
    }

    private static Optional<List<Seen>> plain(String text) {
        try {
            return Optional.of(all(new PlainTokens(text)));
        } catch (NotPlain e) {
            return Optional.empty();
        }
    }

    private static List<Seen> library(String text) {
        try (var parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            return all(new YamlTokens(parser));
        } catch (JacksonException e) {
            return List.of(new Seen("no YAML", e.getOriginalMessage(), 0));
        }
    }

    private static List<Seen> all(Tokens tokens) {
        List<Seen> seen = new ArrayList<>();
        for (JsonToken token = tokens.next(); token != JsonToken.NOT_AVAILABLE; token = tokens.next()) {
            seen.add(seen(tokens, token));
        }
        return seen;
    }

    /** Lines of ends mean nothing to anybody; all plain values are texts here, and it is the policy that knows which is a number. */
    private static Seen seen(Tokens tokens, JsonToken token) {
        if (token == JsonToken.PROPERTY_NAME) {
            return new Seen("name", tokens.name(), tokens.line());
        }
        if (token.isScalarValue()) {
            boolean isText = token != JsonToken.VALUE_NULL && !tokens.isAlias();
            return isText ? new Seen("value", tokens.text(), tokens.line()) : new Seen(token.name(), "", tokens.line());
        }
        return new Seen(token.name(), "", token.isStructStart() ? tokens.line() : 0);
    }
}
