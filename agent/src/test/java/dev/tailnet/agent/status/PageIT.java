package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.observe.Decisions;
import dev.tailnet.agent.observe.LiveConnection;
import dev.tailnet.agent.observe.LiveConnections;
import dev.tailnet.agent.observe.LogLine;
import dev.tailnet.agent.observe.Throughput;
import dev.tailnet.agent.testing.Browser;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.testnet.fixture.SilentServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as a browser shows it, with a screenshot of each view in target/screenshots. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageIT {
    private static final String HOSTILE = "<img src=x onerror=\"window['harm']=1\"><script>window['harm']=1</script>";
    private static final String TAB = "\uE004";
    private static final String ENTER = "\uE007";

    private Browser browser;
    private FakeStatusServer server;

    @BeforeAll
    @SuppressWarnings("NullAway")
    void startBrowser(@TempDir Path directory) {
        assumeTrue(
                Browser.missing().isEmpty(),
                () -> Browser.missing() + " is missing: install chromium, chromium-driver");
        browser = Browser.start(directory);
    }

    @AfterAll
    void stopBrowser(@TempDir Path directory) {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    @SuppressWarnings("NullAway")
    void start() throws Exception {
        server = new FakeStatusServer();
        browser.size(1280, 900, false);
        browser.prefer("prefers-color-scheme:light");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsARunningNode() {
        someLife();
        open();
        browser.await("return document.querySelectorAll('#peers-rows tr').length === 5");

        assertThat(text("#state-word")).isEqualTo("Running");
        assertThat(text("#name")).isEqualTo("build-7");
        assertThat(text("#connections-count")).isEqualTo("7");
        assertThat(text("#blocked-rows")).contains("tracker.example:443", "a-rule");
        assertThat(text("#hosts")).contains("tracker.example", "×3");
        assertThat(text("#failed-rows")).contains("db.internal:443");
        assertThat(text("#lines")).contains("Listening on 127.0.0.1:1055");
        browser.await("return document.querySelector('#peers-rows').textContent.includes('4.2 ms')");
        assertThat(browser.complaints()).isEmpty();
        screenshot("desktop");
    }

    @Test
    void isReadableInTheDark() {
        someLife();
        browser.prefer("prefers-color-scheme:dark", "prefers-reduced-motion:reduce");
        open();
        browser.await("return document.querySelectorAll('#peers-rows tr').length === 5");

        assertThat(lowestContrast()).isGreaterThanOrEqualTo(4.5);
        assertThat(browser.run("return document.getAnimations().length").asInt())
                .isZero();
        screenshot("dark");
        browser.prefer("prefers-color-scheme:light");
        assertThat(lowestContrast()).isGreaterThanOrEqualTo(4.5);
    }

    @Test
    void fitsAPhone() {
        someLife();
        browser.size(360, 740, true);
        open();
        browser.await("return document.querySelectorAll('#peers-rows tr').length === 5");

        assertThat(browser.run("return document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(360);
        assertThat(browser.run(
                                "return [...document.querySelectorAll('.scroll')].every(s => s.scrollWidth <= s.clientWidth)")
                        .asBoolean())
                .as("no table is wider than the screen")
                .isTrue();
        screenshot("phone");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void saysWhatToDoWhenALoginIsNeeded(boolean isPhone) {
        server.agent.state = new NodeState(
                NodeState.Kind.NEEDS_LOGIN,
                "no auth key given and no stored login: set TS_AUTHKEY (or --auth-key-file) and start the agent again, or"
                        + " open https://login.example.com/a/1a2b3c4d5e6f",
                NodeState.Outlook.STUCK);
        server.agent.self = null;
        browser.size(isPhone ? 360 : 1280, 740, isPhone);
        open();
        browser.await("return document.querySelector('#facts').children.length > 0");

        assertThat(text("#state-word")).isEqualTo("Needs login");
        assertThat(browser.run("return document.querySelector('#reason a').href")
                        .asString())
                .isEqualTo("https://login.example.com/a/1a2b3c4d5e6f");
        assertThat(browser.run("return document.documentElement.scrollWidth <= innerWidth")
                        .asBoolean())
                .isTrue();
        screenshot(isPhone ? "needs-login-phone" : "needs-login");

        server.agent.state = FakeAgent.RUNNING;
        browser.await("return document.querySelector('#state-word').textContent === 'Running'");
        assertThat(text("#reason")).isEmpty();
    }

    @Test
    void boundsWhatItShowsOfAGreatManyAndSaysSo() {
        server.nodeStatus = nodeStatus(2000);
        server.agent.connections = most -> new LiveConnections.Shown(
                5000,
                IntStream.range(0, most)
                        .mapToObj(i -> connection(i, "10.0.0." + i % 250 + ":443", "subnet", (most - i) * 7_919_000L))
                        .toList());
        for (int i = 0; i < 5000; i++) {
            server.agent.refused.decided(Decisions.failed(
                    i, "ads-" + i % 40 + ".tracker.example", FailureReason.NOT_ALLOWED, "the policy refuses it"));
            server.agent.log.add(new LogLine(Instant.now(), "info", "line " + i));
        }
        open();
        browser.await("return document.querySelectorAll('#peers-rows tr').length > 0");

        assertThat(browser.run("return document.querySelectorAll('#connections-rows tr').length")
                        .asInt())
                .isEqualTo(100);
        assertThat(text("#connections-note")).isEqualTo("100 of 5,000 shown: those that moved the most bytes.");
        assertThat(browser.run("return document.querySelectorAll('#peers-rows tr').length")
                        .asInt())
                .isEqualTo(100);
        assertThat(text("#peers-count")).isEqualTo("1,600 of 2,000 online");
        assertThat(browser.run("return document.querySelectorAll('#blocked-rows tr').length")
                        .asInt())
                .isEqualTo(100);
        assertThat(browser.run("return document.querySelectorAll('#lines li').length")
                        .asInt())
                .isLessThanOrEqualTo(300);
        screenshot("many");
    }

    @Test
    void aHostileNameIsTextAndDoesNothing() {
        server.nodeStatus = nodeStatus(1).replace("peer-0000", HOSTILE.replace("\"", "\\\""));
        server.agent.connections = most -> new LiveConnections.Shown(
                1, List.of(new LiveConnection("1", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 5, 1, 2)));
        server.agent.state = new NodeState(
                NodeState.Kind.NEEDS_LOGIN,
                "open https://evil.example/\"onmouseover=\"x and " + HOSTILE,
                NodeState.Outlook.STUCK);
        server.agent.exitNodeTrouble = HOSTILE;
        server.agent.log.add(new LogLine(Instant.now(), "info", HOSTILE));
        server.agent.refused.decided(Decisions.failed(HOSTILE, "a.test", FailureReason.NOT_ALLOWED, HOSTILE));
        server.agent.refused.decided(Decisions.failed(HOSTILE, "a.test", FailureReason.BAD_TARGET, HOSTILE));
        open();
        browser.await("return document.querySelectorAll('#peers-rows tr').length === 1");

        for (String place : List.of(
                "#connections-rows",
                "#reason",
                "#warnings",
                "#lines",
                "#blocked-rows",
                "#failed-rows",
                "#peers-rows")) {
            assertThat(text(place)).as(place).contains(HOSTILE);
        }
        assertThat(browser.run("return window.harm === undefined").asBoolean()).isTrue();
        assertThat(browser.run("return document.images.length + document.scripts.length")
                        .asInt())
                .isEqualTo(1);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void canBeUsedWithoutAMouse() {
        someLife();
        open();
        browser.await("return document.querySelectorAll('#peers-rows tr').length === 5");
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            browser.press(TAB);
            order.add(browser.run(
                            "const at = document.activeElement;"
                                    + " return at.id || at.getAttribute('href') || at.getAttribute('aria-labelledby') || at.tagName")
                    .asString());
            assertThat(browser.run("const at = document.activeElement;"
                                    + " return at === document.body || getComputedStyle(at).outlineStyle !== 'none'")
                            .asBoolean())
                    .as("the focus is seen on " + order.getLast())
                    .isTrue();
        }
        assertThat(order)
                .containsSubsequence(
                        "#connections",
                        "#refused",
                        "#peers",
                        "#log",
                        "pause",
                        "connections-title",
                        "blocked-title",
                        "failed-title",
                        "peers-title",
                        "log-scroll",
                        "/status");
    }

    @Test
    void pausesAndGoesOn() {
        open();
        browser.run("document.querySelector('#pause').focus()");
        browser.press(ENTER);
        browser.await("return document.querySelector('#stream').dataset.is === 'paused'");
        assertThat(browser.run("return document.querySelector('#pause').getAttribute('aria-pressed')")
                        .asString())
                .isEqualTo("true");

        server.agent.state = new NodeState(NodeState.Kind.STARTING, "connecting", NodeState.Outlook.FINE);
        browser.press(ENTER);

        browser.await("return document.querySelector('#state-word').textContent === 'Starting'");
    }

    @Test
    void saysThatTheAgentIsGoneAndFindsTheNextOne() throws Exception {
        someLife();
        open();
        browser.await("return document.querySelectorAll('#lines li').length === 5");
        int port = server.port();
        server.close();

        browser.await("return document.querySelector('#stream').dataset.is === 'lost'");
        assertThat(text("#stream")).startsWith("no news since");

        server = new FakeStatusServer(port);
        someLife();
        browser.await("return document.querySelector('#stream').dataset.is === 'live'");
        assertThat(browser.run("return document.querySelectorAll('#lines li').length")
                        .asInt())
                .as("nothing stands there twice")
                .isEqualTo(5);
        assertThat(text("#blocked-count")).isEqualTo("4");
        assertThat(text("#connections-count")).isEqualTo("7");
    }

    @Test
    void asksAgainWhereNobodyAnswers() throws Exception {
        open();
        int port = server.port();
        server.close();
        try (var silent = new SilentServer(InetAddress.getLoopbackAddress(), port)) {
            Eventually.get(Duration.ofSeconds(60), silent::accepted, asked -> asked > 1);
            assertThat(text("#stream")).startsWith("no news since");
        }

        server = new FakeStatusServer(port);

        browser.await("return document.querySelector('#stream').dataset.is === 'live'");
    }

    private void open() {
        browser.complaints();
        browser.open(server.url());
        browser.await("return document.querySelector('#stream').dataset.is === 'live'");
    }

    private String text(String selector) {
        return browser.run("return document.querySelector(arguments[0]).textContent", selector)
                .asString();
    }

    private void screenshot(String name) {
        browser.screenshot(Path.of("target", "screenshots", name + ".png"));
    }

    /** Of all texts against the ground behind them, as WCAG 2 computes it. */
    private double lowestContrast() {
        return browser.run("""
                const rgb = c => c.match(/[\\d.]+/g).map(Number);
                const light = c => {
                  const [r, g, b] = c.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const ground = node => {
                  for (; node; node = node.parentElement) {
                    const c = rgb(getComputedStyle(node).backgroundColor);
                    if (c.length === 3 || c[3] > 0) return c.slice(0, 3);
                  }
                };
                let lowest = 21;
                const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walk.nextNode()) {
                  const holder = walk.currentNode.parentElement;
                  if (!walk.currentNode.data.trim() || !holder.checkVisibility() || holder.closest('svg, script')) continue;
                  const a = light(rgb(getComputedStyle(holder).color).slice(0, 3)), b = light(ground(holder));
                  lowest = Math.min(lowest, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
                }
                return lowest;
                """).asDouble();
    }

    /** What a node that has something to do looks like. */
    private void someLife() {
        server.nodeStatus = nodeStatus(5);
        List<LiveConnection> open = List.of(
                connection(1, "artifacts.internal.example.com:443", "subnet", 734_003_200),
                connection(2, "grafana:80", "tailnet", 8_812_331),
                connection(3, "packages.example.com:443", "direct", 1_932_735),
                connection(4, "db-primary.internal.example.com:5432", "subnet", 421_888),
                connection(5, "[fd7a:115c:a1e0::7]:22", "tailnet", 18_042),
                new LiveConnection(
                        "in-6",
                        "tcp",
                        "100.64.0.9:51544",
                        "worker-3",
                        ":8765",
                        "127.0.0.1:9000",
                        "inbound",
                        7260,
                        912,
                        4_411),
                new LiveConnection(
                        "7", "http", "127.0.0.1:40007", null, "api.github.com:80", null, "direct", 0, -1, -1));
        server.agent.connections = most -> new LiveConnections.Shown(open.size(), open);
        long now = System.currentTimeMillis();
        long up = 0;
        long down = 0;
        for (int i = 110; i >= 0; i--) {
            double wave = 1 + Math.sin(i / 9.0) + (i % 37 == 0 ? 3 : 0);
            down += (long) (wave * 6_000_000);
            up += (long) ((2 + Math.cos(i / 5.0)) * 900_000);
            server.agent.observed.throughput().add(new Throughput(Instant.ofEpochMilli(now - i * 5000L), up, down));
        }
        for (int i = 0; i < 3; i++) {
            server.agent.refused.decided(Decisions.failed(
                    "ci", "tracker.example", FailureReason.NOT_ALLOWED, "tracker.example:443 is on the block list"));
        }
        server.agent.refused.decided(Decisions.failed(
                9,
                "metadata.google.internal",
                FailureReason.NOT_ALLOWED,
                "169.254.169.254 is a cloud metadata address"));
        server.agent.refused.decided(Decisions.failed(
                10,
                "db.internal",
                FailureReason.CONNECTION_REFUSED,
                "db.internal (10.1.2.3) port 443 refused the connection"));
        server.agent.log.add(new LogLine(Instant.now(), "info", "Listening on 127.0.0.1:1055 (mixed)"));
        server.agent.log.add(new LogLine(Instant.now(), "info", "The node is running as build-7 (100.64.0.2)"));
        server.agent.log.add(new LogLine(
                Instant.now(), "warn", "The key of this node expires in 3 days: log in again before, or tag the node"));
        server.agent.log.add(
                new LogLine(
                        Instant.now(),
                        "info",
                        "DECISION id=9 protocol=SOCKS5 client=127.0.0.1:40000 target=metadata.google.internal:80 outcome=NOT_ALLOWED"));
        server.agent.log.add(
                new LogLine(Instant.now(), "error", "The control server cannot be reached: connection refused"));
    }

    private static LiveConnection connection(int id, String target, String route, long bytes) {
        @Nullable
        String address = target.startsWith("[") || Character.isDigit(target.charAt(0)) ? null : "10.1.2." + id;
        return new LiveConnection(
                String.valueOf(id),
                id % 2 == 0 ? "http-connect" : "socks5",
                "127.0.0.1:" + (40_000 + id),
                id % 3 == 0 ? "ci" : null,
                target,
                address,
                route,
                id * 97L,
                bytes / 40,
                bytes);
    }

    private static String nodeStatus(int peers) {
        String list = IntStream.range(0, peers)
                .mapToObj(i -> """
                        "key%04d": {"DNSName": "peer-%04d.tail1234.ts.net.", "HostName": "peer-%04d", "OS": "linux",
                          "TailscaleIPs": ["100.64.%d.%d"], "Online": %s, "CurAddr": "%s", "Relay": "%s",
                          "RxBytes": %d, "TxBytes": %d, "LastSeen": "2026-01-01T00:00:00Z"}""".formatted(
                                i,
                                i,
                                i,
                                1 + i / 250,
                                1 + i % 250,
                                i % 5 != 4,
                                i % 3 == 0 ? "192.0.2.10:41641" : "",
                                "fra",
                                i % 3 == 2 ? 0 : 4_000_000L + i,
                                i % 3 == 2 ? 0 : 90_000L + i))
                .collect(Collectors.joining(",\n"));
        return """
                {"Self": {"DNSName": "build-7.tail1234.ts.net.", "TailscaleIPs": ["100.64.0.2", "fd7a:115c:a1e0::2"],
                  "Tags": ["tag:ci"], "KeyExpiry": "2027-05-01T00:00:00Z", "Relay": "fra"},
                 "Peer": {%s}, "Health": []}""".formatted(list);
    }
}
