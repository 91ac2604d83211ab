package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.observe.Decisions;
import dev.tailnet.agent.observe.LiveConnection;
import dev.tailnet.agent.observe.LiveConnections;
import dev.tailnet.agent.observe.LogLine;
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
import java.util.stream.IntStream;
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
        BusyNode.behind(server);
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
        BusyNode.behind(server);
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
        BusyNode.behind(server);
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
        server.nodeStatus = BusyNode.status(2000);
        server.agent.connections = most -> new LiveConnections.Shown(
                5000,
                IntStream.range(0, most)
                        .mapToObj(i ->
                                BusyNode.connection(i, "10.0.0." + i % 250 + ":443", "subnet", (most - i) * 7_919_000L))
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
        server.nodeStatus = BusyNode.status(1).replace("peer-0000", HOSTILE.replace("\"", "\\\""));
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
        BusyNode.behind(server);
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
        BusyNode.behind(server);
        open();
        browser.await("return document.querySelectorAll('#lines li').length === 5");
        int port = server.port();
        server.close();

        browser.await("return document.querySelector('#stream').dataset.is === 'lost'");
        assertThat(text("#stream")).startsWith("no news since");

        server = new FakeStatusServer(port);
        BusyNode.behind(server);
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
}
