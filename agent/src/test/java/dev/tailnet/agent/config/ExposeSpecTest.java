package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tailnet.agent.config.ExposeSpec.Protocol;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be exposed, from text to table and back. */
class ExposeSpecTest {
    @TempDir
    private Path directory;

    @Test
    void aPort() {
        assertThat(ExposeSpec.parse("3000"))
                .isEqualTo(new ExposeSpec(Protocol.TCP, 3000, null, 3000, List.of(), false));
        assertThat(ExposeSpec.parse("tcp:3000")).isEqualTo(ExposeSpec.parse("3000"));
        assertThat(ExposeSpec.parse("udp:5353"))
                .isEqualTo(new ExposeSpec(Protocol.UDP, 5353, null, 5353, List.of(), false));
        assertThat(ExposeSpec.parse("all"))
                .isEqualTo(new ExposeSpec(Protocol.TCP, ExposeSpec.ALL, null, ExposeSpec.ALL, List.of(), false));
    }

    @Test
    void aTarget() {
        assertThat(ExposeSpec.parse("8765=127.0.0.1:9000"))
                .isEqualTo(
                        new ExposeSpec(Protocol.TCP, 8765, InetAddress.ofLiteral("127.0.0.1"), 9000, List.of(), false));
        assertThat(ExposeSpec.parse("8765=9000"))
                .isEqualTo(new ExposeSpec(Protocol.TCP, 8765, null, 9000, List.of(), false));
        assertThat(ExposeSpec.parse("8765=localhost:9000")).isEqualTo(ExposeSpec.parse("8765=9000"));
        assertThat(ExposeSpec.parse("udp:53=[::1]:5353").targetText()).isEqualTo("[::1]:5353");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "tag:ci tag:ci",
                "alice@example.com user:alice@example.com",
                "alice@ user:alice@",
                "user:alice user:alice",
                "web node:web",
                "web.tailnet.test node:web.tailnet.test",
                "fe.d node:fe.d",
                "node:tag node:tag",
                "100.64.0.7 100.64.0.7",
                "100.64.0.0/16 100.64.0.0/16",
                "fd7a::/16 fd7a::/16"
            })
    void aPeer(String text, String peer) {
        assertThat(ExposeSpec.parse("3000,from=" + text).from()).containsExactly(peer);
    }

    @Test
    void severalPeersInEitherSpelling() {
        assertThat(ExposeSpec.parse("3000,from=tag:ci|web,from=10.0.0.0/8, proxy-protocol"))
                .isEqualTo(new ExposeSpec(
                        Protocol.TCP, 3000, null, 3000, List.of("tag:ci", "node:web", "10.0.0.0/8"), true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "0|'0' is no port",
                "65536|'65536' is no port",
                "http|'http' is no port: write 3000, 8765=127.0.0.1:9000, udp:5353 or all",
                "all=127.0.0.1:1|takes no target",
                "80=0|must be 1 to 65535",
                "80=db:80|must be an IP address or localhost",
                "80=::1:80|in brackets",
                "80=0.0.0.0:80|are never exposed",
                "80=169.254.169.254:80|cloud metadata",
                "80=[ff02::1]:80|are never exposed",
                "80,form=tag:ci|'form=tag:ci' is neither from=PEER nor proxy-protocol",
                "80,from=|'' is no peer",
                "80,from=tag:|is not a tag",
                "80,from=user:|is no peer",
                "80,from=node:|is no peer",
                "80,from=10.0.0|is no peer",
                "80,from=10.0.0.0/33|is no peer",
                "80,from=300.0.0.1|is no peer",
                "80,from=fd7a::/129|is no peer",
                "from=tag:ci|stands behind no port",
                "proxy-protocol|stands behind no port",
                "udp:53,proxy-protocol|for TCP only"
            })
    void saysWhatIsWrong(String text, String words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExposeSpec.parse(text))
                .withMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3000|3000",
                "3000=3000|3000",
                "3000=9000|3000=localhost:9000",
                "3000=127.0.0.1:3000|3000=127.0.0.1:3000",
                "udp:all,from=a@b|udp:all,from=user:a@b",
                "all,proxy-protocol,from=web|all,from=node:web,proxy-protocol"
            })
    void printsWhatItReads(String text, String printed) {
        assertThat(ExposeSpec.parse(text)).hasToString(printed);
        assertThat(ExposeSpec.parse(printed)).isEqualTo(ExposeSpec.parse(text));
    }

    @Test
    void flagsListsAndOptionsMix() {
        var exposed = Load.with()
                .flag(Setting.EXPOSE, "3000, 8765=127.0.0.1:9000,from=tag:ci", "udp:5353,from=a@b,from=c")
                .settings()
                .exposed();
        assertThat(exposed)
                .containsExactly(
                        ExposeSpec.parse("3000"),
                        ExposeSpec.parse("8765=127.0.0.1:9000,from=tag:ci"),
                        ExposeSpec.parse("udp:5353,from=a@b|c"));
    }

    @Test
    void aFileHasStringsOrKeys() {
        var exposed = Load.with().file(directory, """
                        expose:
                          - 3000
                          - 8765=127.0.0.1:9000,from=tag:ci
                          - port: udp:5353
                            from: web
                          - {port: 22, to: "10.0.0.5:2222", from: [tag:ops, a@b], proxy-protocol: true}
                        hostname: box
                        """).settings().exposed();
        assertThat(exposed)
                .containsExactly(
                        ExposeSpec.parse("3000"),
                        ExposeSpec.parse("8765=127.0.0.1:9000,from=tag:ci"),
                        ExposeSpec.parse("udp:5353,from=web"),
                        ExposeSpec.parse("22=10.0.0.5:2222,from=tag:ops|a@b,proxy-protocol"));
        assertThat(Load.with()
                        .file(directory, "expose: {port: 3000}\n")
                        .settings()
                        .exposed())
                .containsExactly(ExposeSpec.parse("3000"));
    }

    @Test
    void everyProblemIsReportedWithItsPlace() {
        assertThat(Load.with().file(directory, """
                        expose:
                          - {prot: 3000}
                          - {port: [1, 2], proxy-protocol: maybe}
                          - {port: 3000, from: [[x]], to: "1,2"}
                        """).problems())
                .containsExactly(
                        "agent.yaml line 2: expose: unknown key 'prot'; did you mean port?",
                        "agent.yaml line 2: expose: an item without port",
                        "agent.yaml line 3: expose: port takes one value, not a list",
                        "agent.yaml line 3: expose: proxy-protocol: 'maybe' is neither true nor false",
                        "agent.yaml line 3: expose: an item without port",
                        "agent.yaml line 4: expose: from takes no keys or lists of its own",
                        "agent.yaml line 4: expose: to: a comma has no place in '1,2'");
        assertThat(Load.with()
                        .flag(Setting.EXPOSE, "3000,80=80=80,3000=1,udp:3000,http")
                        .problems())
                .hasSize(3)
                .allSatisfy(problem -> assertThat(problem).startsWith("--expose (flag): "))
                .anySatisfy(problem -> assertThat(problem).endsWith("3000 is exposed twice"));
    }

    @Test
    void whatOpensMuchIsWarnedOf() {
        assertThat(Load.with().flag(Setting.EXPOSE, "all,80=10.0.0.5:80").load().warnings())
                .anySatisfy(warning -> assertThat(warning).contains("all exposes every program"))
                .anySatisfy(
                        warning -> assertThat(warning).contains("the tailnet reaches 10.0.0.5:80 through this node"));
        assertThat(Load.with()
                        .flag(Setting.EXPOSE, "all,from=tag:ops,80")
                        .load()
                        .warnings())
                .noneSatisfy(warning -> assertThat(warning).contains("expose"));
    }
}
