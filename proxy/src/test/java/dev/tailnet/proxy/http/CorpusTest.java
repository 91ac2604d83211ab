package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The requests of gunicorn 23.0.0's own parser tests ({@code tests/requests} of its source distribution on PyPI, MIT licence:
 * see the LICENSE beside them), made absolute and sent through the proxy to a server that says what it saw: good ones, and
 * attempts at smuggling by lengths, codings, folded lines, chunk sizes, control characters and versions.
 */
@Timeout(30)
class CorpusTest {
    private static final Pattern REQUEST_LINE = Pattern.compile("(?<=^|\n)(\\S+) (/\\S*) (HTTP/1\\.[01])\r\n");
    private static final Pattern EXPECTED =
            Pattern.compile("\"method\": \"([^\"]+)\",\\s*\"uri\": uri\\(([\"'])(.*)\\2\\)");

    /** What only gunicorn refuses: by limits that its tests set, by rules about other proxies, and about CGI's underscores. */
    private static final Set<String> REFUSED_THERE =
            Set.of("003c", "006", "007", "008", "009", "010", "011", "012", "017", "019", "040", "chunked_07");

    /**
     * What only gunicorn lets pass, as its tests ask it to for old clients, and what is no request here: fragments, other
     * transfer codings, characters outside ASCII, blanks before a colon, folded lines, a line of 9 kB, methods in small letters for large ones, a body cut short, the
     * PROXY protocol.
     */
    private static final Set<String> PASSED_THERE = Set.of(
            "005",
            "009",
            "024",
            "025",
            "025_line",
            "027",
            "028",
            "029",
            "030",
            "031compat",
            "099",
            "compat_obs_fold",
            "compat_obs_fold_huge",
            "pp_01",
            "pp_02");

    /** Follows each file: a server that sees it where it stands has lost no step. */
    private static final String SENTINEL = "GET TARGET HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    /** Every request that came whole, as a line with the length of its body. */
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();

    private static TestProxy proxy;
    private static HttpOrigin origin;

    @BeforeAll
    static void start() throws Exception {
        proxy = TestProxy.start();
        origin = HttpOrigin.start(request -> {
            String line = request.head().substring(0, request.head().indexOf(" HTTP/1.1"));
            String saw = line + " " + request.readBody().length();
            SEEN.add(saw);
            request.respond("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Saw: " + saw + "\r\n\r\n");
            return true;
        });
    }

    @AfterAll
    static void stop() throws IOException {
        origin.close();
        proxy.close();
    }

    static Stream<Path> invalid() throws Exception {
        return files("invalid");
    }

    static Stream<Path> valid() throws Exception {
        return files("valid");
    }

    @ParameterizedTest
    @MethodSource
    void invalid(Path file) throws IOException {
        Outcome outcome = send(file);
        assertThat(outcome.saidToClient()).isEqualTo(outcome.seenByServer());
        if (!REFUSED_THERE.contains(nameOf(file))) {
            assertThat(outcome.refusals()).hasSize(1);
            assertThat(outcome.seenByServer()).isEmpty();
        }
    }

    /** The sentinel is not sent on where the file's own request is the last of its connection. */
    @ParameterizedTest
    @MethodSource
    void valid(Path file) throws IOException {
        Outcome outcome = send(file);
        assertThat(outcome.saidToClient()).isEqualTo(outcome.seenByServer());
        if (!PASSED_THERE.contains(nameOf(file))) {
            assertThat(outcome.refusals()).isEmpty();
            List<String> lines = outcome.seenByServer().stream()
                    .map(saw -> saw.substring(0, saw.lastIndexOf(' ')))
                    .toList();
            List<String> expected = expected(file);
            assertThat(lines)
                    .isIn(
                            expected,
                            Stream.concat(expected.stream(), Stream.of("GET /last"))
                                    .toList());
        }
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().replace(".http", "");
    }

    /**
     * What became of one file's bytes.
     *
     * @param seenByServer request line and length of each request's body
     * @param saidToClient the same, as the responses say it
     * @param refusals the proxy's own answers
     */
    private record Outcome(List<String> seenByServer, List<String> saidToClient, List<String> refusals) {}

    private static Outcome send(Path file) throws IOException {
        SEEN.clear();
        String answers;
        try (var client = TestClient.connect(proxy.address())) {
            client.send(absolute(bytes(file)) + SENTINEL.replace("TARGET", origin.uri("/last")));
            client.shutdownOutput();
            answers = client.readAllText();
        }
        List<String> said = new ArrayList<>();
        Matcher saw = Pattern.compile("\r\nX-Saw: (.*)\r\n").matcher(answers);
        while (saw.find()) {
            said.add(saw.group(1));
        }
        List<String> refusals = new ArrayList<>();
        Matcher refusal = Pattern.compile("HTTP/1.1 ([45]\\d\\d .*)\r\n").matcher(answers);
        while (refusal.find()) {
            refusals.add(refusal.group(1));
        }
        return new Outcome(List.copyOf(SEEN), said, refusals);
    }

    /** The corpus writes control characters as escapes, and breaks lines only for its readers. */
    private static String bytes(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1)
                .replace("\n", "")
                .replace("\\r\\n", "\r\n")
                .replace("\\0", "\0")
                .replace("\\n", "\n")
                .replace("\\t", "\t");
    }

    /** As a client sends it to a proxy: absolute, and with the Host field that HTTP/1.1 asks for. */
    private static String absolute(String requests) {
        return REQUEST_LINE
                .matcher(requests)
                .replaceAll(line -> Matcher.quoteReplacement(line.group(1) + " " + origin.uri(line.group(2)) + " "
                        + line.group(3) + "\r\n" + (hasHost(requests, line) ? "" : "Host: x\r\n")));
    }

    private static boolean hasHost(String requests, MatchResult line) {
        int end = requests.indexOf("\r\n\r\n", line.end() - 2);
        String fields = requests.substring(line.end() - 2, end < 0 ? requests.length() : end);
        return line.group(3).equals("HTTP/1.0")
                || Pattern.compile("(?i)\r\nhost:").matcher(fields).find();
    }

    private static List<String> expected(Path file) throws IOException {
        Path script = file.resolveSibling(nameOf(file) + ".py");
        List<String> lines = new ArrayList<>();
        Matcher matcher = EXPECTED.matcher(Files.readString(script));
        while (matcher.find()) {
            lines.add(matcher.group(1) + " " + matcher.group(3));
        }
        return lines;
    }

    private static Stream<Path> files(String kind) throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(CorpusTest.class.getResource("/gunicorn-23.0.0/" + kind))
                .toURI());
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".http")).sorted().toList().stream();
        }
    }
}
