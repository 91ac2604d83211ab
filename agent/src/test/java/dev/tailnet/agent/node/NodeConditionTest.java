package dev.tailnet.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.node.NodeState.Kind;
import dev.tailnet.agent.node.NodeState.Outlook;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recordings under {@code notify/} are what the library said to Headscale 0.29 in these situations. */
class NodeConditionTest {
    private static final Instant NOW = Instant.parse("2026-11-22T23:30:00Z");
    private static final Login WITH_KEY =
            new Login(URI.create("http://127.0.0.1:8080"), Optional.of("TS_AUTHKEY (environment)"), false);
    private static final Login WITHOUT_KEY = new Login(WITH_KEY.server(), Optional.empty(), false);

    private final NotificationParser parser = new NotificationParser();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            running          | RUNNING     | FINE   | ''
            key-invalid      | NEEDS_LOGIN | STUCK  | auth key rejected by http://127.0.0.1:8080: invalid pre auth key. Check that
            key-used         | NEEDS_LOGIN | STUCK  | auth key rejected by http://127.0.0.1:8080: authkey already used. It admits one node, once.
            key-expired      | NEEDS_LOGIN | STUCK  | auth key rejected by http://127.0.0.1:8080: authkey expired. Mint a new key (reusable, ephemeral, tagged), put it where the old one came from (TS_AUTHKEY (environment))
            control-refused  | STARTING    | TRYING | control server http://127.0.0.1:8999 does not answer: connection refused. Nothing listens there
            control-no-route | STARTING    | TRYING | control server http://203.0.113.9:80 does not answer: no route to host.
            control-silent   | STARTING    | FINE   | logging in at http://nosuch.invalid:80
            no-key           | NEEDS_LOGIN | STUCK  | wants a person to log this node in: open http://127.0.0.1:8080/register/
            """)
    void tellsTheReasonOfARecordedRun(String recording, Kind kind, Outlook outlook, String reason) throws IOException {
        NodeState state = replay(recording).getLast().state(WITH_KEY, NOW);

        assertThat(state.kind()).isEqualTo(kind);
        assertThat(state.outlook()).isEqualTo(outlook);
        assertThat(state.reason()).contains(reason);
    }

    @Test
    void saysWhatToSetWhenThereIsNoKey() throws IOException {
        NodeState state = replay("no-key").getLast().state(WITHOUT_KEY, NOW);

        assertThat(state.kind()).isEqualTo(Kind.NEEDS_LOGIN);
        assertThat(state.reason()).startsWith("no auth key given").contains("TS_AUTHKEY", "/register/");
    }

    @ParameterizedTest
    @CsvSource({"key-invalid", "key-used", "key-expired"})
    void tellsARejectionOnceHoweverOftenTheLibraryRepeatsIt(String recording) throws IOException {
        List<NodeState> rejections = replay(recording).stream()
                .map(condition -> condition.state(WITH_KEY, NOW))
                .filter(state -> state.outlook() != Outlook.FINE)
                .distinct()
                .toList();

        assertThat(rejections).hasSize(1);
    }

    @Test
    void isNeverStuckOnTheWayUp() throws IOException {
        assertThat(replay("running"))
                .map(condition -> condition.state(WITH_KEY, NOW).outlook())
                .containsOnly(Outlook.FINE);
    }

    @Test
    void keepsWhatTheServerSaysAboutThisNode() throws IOException {
        SelfNode self = Objects.requireNonNull(replay("running").getLast().self());

        assertThat(self.name()).isEqualTo("capnode.tailnet.test");
        assertThat(self.addresses()).containsExactly("100.64.0.1", "fd7a:115c:a1e0::1");
        assertThat(self.keyExpiry()).isNull();
    }

    @Test
    void forgetsARejectionOnceAdmitted() throws IOException {
        NodeCondition rejected = replay("key-expired").getLast();

        NodeCondition admitted =
                rejected.after(parser.parse("{\"LoginFinished\":{}}")).after(state(5));

        assertThat(admitted.state(WITH_KEY, NOW).kind()).isEqualTo(Kind.STARTING);
        assertThat(admitted.state(WITH_KEY, NOW).outlook()).isEqualTo(Outlook.FINE);
    }

    @Test
    void namesTheExpiryOfTheNodesKey() {
        NodeCondition expired =
                NodeCondition.initial().after(state(6)).after(parser.parse("""
                        {"SelfChange":{"Name":"a.b.","KeyExpiry":"2026-11-22T23:00:00Z","Addresses":["100.64.0.1/32"]}}""")).after(state(2));

        assertThat(expired.state(WITH_KEY, NOW).kind()).isEqualTo(Kind.NEEDS_LOGIN);
        assertThat(expired.state(WITH_KEY, NOW).reason()).startsWith("the node's key expired at 2026-11-22T23:00:00Z.");
    }

    @Test
    void saysThatTheServerLoggedTheNodeOut() {
        NodeCondition removed = NodeCondition.initial().after(state(6)).after(state(2));

        assertThat(removed.state(WITH_KEY, NOW).reason())
                .startsWith("control server http://127.0.0.1:8080 logged this node out");
    }

    @Test
    void saysThatTheServerDoesNotKnowTheNodeAnyMore() {
        NodeCondition running = NodeCondition.initial().after(state(6));
        NodeCondition removed = running.after(parser.parse("{\"NodeRemoved\":\"404: node not found\"}"));

        assertThat(removed.state(WITH_KEY, NOW).kind()).isEqualTo(Kind.NEEDS_LOGIN);
        assertThat(removed.state(WITH_KEY, NOW).outlook()).isEqualTo(Outlook.TRYING);
        assertThat(removed.state(WITHOUT_KEY, NOW).outlook()).isEqualTo(Outlook.STUCK);
        assertThat(removed.hasLostItsLogin()).isTrue();
        assertThat(removed.state(WITH_KEY, NOW).reason())
                .startsWith(
                        "control server http://127.0.0.1:8080 does not know this node any more (404: node not found)");
        assertThat(removed.after(parser.parse("{\"NodeRemoved\":\"\"}")).state(WITH_KEY, NOW))
                .isEqualTo(NodeState.running());
    }

    @Test
    void saysWhyItCannotJoinAgain() {
        NodeCondition removed = NodeCondition.initial()
                .after(state(6))
                .after(parser.parse("{\"NodeRemoved\":\"404: node not found\"}"));
        NodeCondition refused = removed.after(parser.parse("{\"ErrMessage\":\"authkey already used\"}"));

        assertThat(refused.isRefused()).isTrue();
        assertThat(refused.state(WITH_KEY, NOW).outlook()).isEqualTo(Outlook.STUCK);
        assertThat(refused.state(WITH_KEY, NOW).reason())
                .contains(
                        "it was removed there. It cannot join again: auth key rejected by http://127.0.0.1:8080: authkey"
                                + " already used");
    }

    @Test
    void knowsALogoutFromALoss() {
        NodeCondition loggedOut = NodeCondition.initial()
                .after(state(6))
                .after(parser.parse("{\"Prefs\":{\"LoggedOut\":true,\"WantRunning\":false}}"))
                .after(state(2));

        assertThat(loggedOut.hasLostItsLogin()).isFalse();
        assertThat(loggedOut.state(WITH_KEY, NOW).reason())
                .isEqualTo("the node was logged out here; log in with: tailnet-agent up");
    }

    @Test
    void saysWhyThereIsNoKeyForAClient() {
        NodeCondition trying = NodeCondition.initial()
                .after(parser.parse("{\"CredentialTrouble\":\"api answers 503\",\"CredentialRefused\":false}"));
        NodeCondition refused =
                trying.after(parser.parse("{\"CredentialTrouble\":\"401 Unauthorized\",\"CredentialRefused\":true}"));

        assertThat(trying.state(WITH_KEY, NOW))
                .isEqualTo(NodeState.trying(
                        Trouble.KEY_MISSING,
                        "no auth key for TS_AUTHKEY (environment): api answers 503. The agent keeps" + " trying."));
        assertThat(refused.state(WITH_KEY, NOW).kind()).isEqualTo(Kind.NEEDS_LOGIN);
        assertThat(refused.state(WITH_KEY, NOW).reason()).contains("401 Unauthorized", "auth_keys");
        assertThat(refused.after(parser.parse("{\"CredentialTrouble\":\"\",\"CredentialRefused\":false}"))
                        .credentialTrouble())
                .isNull();
    }

    @Test
    void whoeverLogsInAgainAfterALogoutIsNotAnticipated() {
        NodeCondition loggedOut = NodeCondition.initial()
                .after(state(6))
                .after(parser.parse("{\"State\":2,\"Prefs\":{\"LoggedOut\":true,\"WantRunning\":false}}"));
        NodeCondition up = loggedOut.after(parser.parse("{\"Prefs\":{\"LoggedOut\":false,\"WantRunning\":true}}"));

        assertThat(up.hasLostItsLogin()).isFalse();
        assertThat(up.state(WITH_KEY, NOW).reason()).isEqualTo("logging in at http://127.0.0.1:8080");
        NodeCondition asked = up.after(parser.parse("{\"BrowseToURL\":\"http://c/register/1\"}"));
        assertThat(asked.hasLostItsLogin()).isFalse();
        assertThat(asked.state(WITH_KEY, NOW).reason()).contains("wants a person", "http://c/register/1");

        NodeCondition back = asked.after(state(6));
        assertThat(back.after(state(2)).hasLostItsLogin()).as("lost once more").isTrue();
    }

    @Test
    void whatWasSaidOfTheKeyBeforeDoesNotCountForTheNext() {
        NodeCondition refused = NodeCondition.initial()
                .after(state(2))
                .after(parser.parse("{\"ErrMessage\":\"authkey expired\",\"BrowseToURL\":\"http://c/register/1\"}"));

        assertThat(refused.atLogin().isRefused()).isFalse();
        assertThat(refused.atLogin().state(WITH_KEY, NOW).reason()).isEqualTo("logging in at http://127.0.0.1:8080");
    }

    @Test
    void whoHasAKeyInAFileNeedNotStartAgain() {
        Login watched = new Login(WITH_KEY.server(), Optional.of("--auth-key-file (flag)"), true);
        NodeCondition refused = NodeCondition.initial().after(parser.parse("{\"ErrMessage\":\"authkey expired\"}"));

        assertThat(refused.state(watched, NOW).reason())
                .endsWith(
                        "put it where the old one came from (--auth-key-file (flag)), and the agent notices and logs in"
                                + " with it.");
    }

    @Test
    void followsTheServerThatTheNodeUsesNow() {
        NodeCondition elsewhere = NodeCondition.initial()
                .after(parser.parse("{\"Prefs\":{\"ControlURL\":\"http://other:8080\",\"WantRunning\":true}}"));

        assertThat(elsewhere.state(WITH_KEY, NOW).reason()).isEqualTo("logging in at http://other:8080");
    }

    @Test
    void keepsWhatTheNodeIsSetToDo() throws IOException {
        Preferences preferences =
                Objects.requireNonNull(replay("running").getLast().preferences());

        assertThat(preferences.hostname()).isEqualTo("capnode");
        assertThat(preferences.wantRunning()).isTrue();
        assertThat(preferences.acceptDns()).isTrue();
        assertThat(preferences.advertiseRoutes()).isEmpty();
        assertThat(parser.parse("{\"Prefs\":{\"AdvertiseRoutes\":[\"10.0.0.0/8\"],\"AdvertiseTags\":[\"tag:a\"],"
                                + "\"ExitNodeID\":\"n1\",\"ShieldsUp\":true,\"RouteAll\":true}}")
                        .preferences())
                .isEqualTo(new Preferences(
                        false, false, "", "", true, false, true, List.of("10.0.0.0/8"), List.of("tag:a"), "n1"));
    }

    @Test
    void aMachineWithoutNetworkIsNoneOfThePeersFault() {
        Notification down =
                parser.parse("{\"Health\":{\"Warnings\":{\"network-status\":{\"Text\":\"the network is down\"}}}}");
        NodeCondition cut = NodeCondition.initial().after(state(6)).after(down);

        assertThat(cut.state(WITH_KEY, NOW).isRunning()).isFalse();
        assertThat(cut.state(WITH_KEY, NOW).outlook()).isEqualTo(Outlook.TRYING);
        assertThat(cut.state(WITH_KEY, NOW).reason()).startsWith("this machine has no network");
        assertThat(cut.hasLostItsLogin()).isFalse();
        assertThat(cut.after(parser.parse("{\"Health\":{\"Warnings\":{}}}"))
                        .state(WITH_KEY, NOW)
                        .isRunning())
                .isTrue();
        assertThat(NodeCondition.initial().after(down).state(WITH_KEY, NOW).reason())
                .startsWith("control server http://127.0.0.1:8080 cannot be asked: this machine has no network");
    }

    @Test
    void asksForApproval() {
        NodeState state = NodeCondition.initial().after(state(3)).state(WITH_KEY, NOW);

        assertThat(state.kind()).isEqualTo(Kind.NEEDS_APPROVAL);
        assertThat(state.reason()).contains("administrator", "http://127.0.0.1:8080");
    }

    @Test
    void namesAMissingRelay() {
        NodeState state =
                NodeCondition.initial().after(state(5)).after(parser.parse("""
                        {"Health":{"Warnings":{"no-derp-home":{"Text":"Tailscale could not connect to any relay server."}}}}""")).state(WITH_KEY, NOW);

        assertThat(state.outlook()).isEqualTo(Outlook.TRYING);
        assertThat(state.reason())
                .isEqualTo("logged in, but not connected: Tailscale could not connect to any relay server.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fetch control key: Get "https://c/key?v=1": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2016-01-01T00:00:00Z is before 2026-01-01T00:00:00Z | it is valid from 2026-01-01T00:00:00Z. Check this machine's clock
            fetch control key: Get "https://c/key?v=1": tls: failed to verify certificate: x509: certificate signed by unknown authority | does not trust
            fetch control key: Get "https://c/key?v=1": dial tcp: lookup c on 10.0.0.2:53: no such host | does not answer: no such host
            fetch control key: Get "https://c/key?v=1": context deadline exceeded | does not answer: deadline exceeded
            fetch control key: 404 Not Found | does not answer like a control server
            fetch control key: Get "https://c/key?v=1": upstream proxy http://p:3128 refuses the credentials (407 No) | cannot be reached: upstream proxy http://p:3128 refuses the credentials (407 No). Check --upstream-proxy
            Get "http://c/key": malformed HTTP response "upstream_proxy_http://p:3128_cannot_be_reached:_connection_refused" | cannot be reached: upstream proxy http://p:3128 cannot be reached: connection refused. Check
            register request: http 500: out of disk | login at control server http://127.0.0.1:8080 does not succeed
            invalid key: API key kTEST not valid | auth key rejected by http://127.0.0.1:8080: invalid key: API key kTEST not valid
            requested tags [tag:ci] are invalid or not permitted | tags refused by
            backend error: try later | login refused by http://127.0.0.1:8080: backend error: try later
            """)
    void explainsWhyLoginDoesNotSucceed(String error, String reason) {
        String notify =
                "{\"Health\":{\"Warnings\":{\"login-state\":{\"Text\":\"You are logged out.\",\"Args\":{\"error\":\""
                        + error.replace("\"", "\\\"") + "\"}}}}}";

        assertThat(NodeCondition.initial()
                        .after(parser.parse(notify))
                        .state(WITH_KEY, NOW)
                        .reason())
                .contains(reason);
    }

    @Test
    void aFailedStartStays() {
        NodeState state = NodeCondition.initial()
                .afterStartFailure("no memory")
                .after(state(5))
                .state(WITH_KEY, NOW);

        assertThat(state.kind()).isEqualTo(Kind.FAILED);
        assertThat(state.reason()).isEqualTo("no memory");
    }

    private Notification state(int number) {
        return parser.parse("{\"State\":" + number + "}");
    }

    private List<NodeCondition> replay(String recording) throws IOException {
        List<NodeCondition> conditions = new ArrayList<>();
        NodeCondition condition = NodeCondition.initial();
        InputStream stream = Objects.requireNonNull(
                NodeConditionTest.class.getResourceAsStream("/notify/" + recording + ".jsonl"), recording);
        try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                condition = condition.after(parser.parse(line));
                conditions.add(condition);
            }
        }
        return conditions;
    }
}
