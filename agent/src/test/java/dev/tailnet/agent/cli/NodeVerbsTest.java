package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that change the node, in a process of their own, against a LocalAPI that the test plays. */
@Timeout(120)
class NodeVerbsTest {
    private static final String NEW =
            "{\"BackendState\":\"NeedsLogin\",\"HaveNodeKey\":false,\"Health\":[\"no way out\"]}";
    private static final String RUNNING =
            "{\"BackendState\":\"Running\",\"HaveNodeKey\":true,\"Self\":{\"PublicKey\":\"k1\"}}";
    private static final String PREFS = """
            {"ControlURL":"http://control","RouteAll":true,"CorpDNS":true,"ShieldsUp":true,"Hostname":"box",
             "AdvertiseTags":["tag:ci"],"Config":{"UserProfile":{"LoginName":"alice"}}}
            """;

    @TempDir
    private Path directory;

    private FakeLocalApi api;

    @BeforeEach
    void start() throws IOException {
        api = FakeLocalApi.in(directory)
                .answer("GET prefs", 200, PREFS)
                .answer("PATCH prefs", 200, PREFS)
                .answer("POST check-prefs", 200, "{}")
                .answer("POST start", 204, "")
                .answer("POST login-interactive", 204, "")
                .answer("POST logout", 204, "");
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    private Java.Outcome run(String verb, String... arguments) throws Exception {
        var all = new String[arguments.length + 2];
        all[0] = verb;
        all[1] = "--runtime-dir=" + directory;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Java.run(Main.class, Map.of("USER", "alice", "LANG", "C.UTF-8"), all);
    }

    @Test
    void upShowsWhereToLogInAndWaits() throws Exception {
        api.answer("GET status", 200, NEW)
                .notifications("{\"State\":2}", "{\"BrowseToURL\":\"http://control/register/x\"}", "{\"State\":6}");
        var outcome = run("up", "--qr");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("\n\thttp://control/register/x\n", "█", "Success.");
        assertThat(api.requests())
                .anyMatch(request -> request.startsWith("POST start {\"UpdatePrefs\":{")
                        && request.contains("\"AdvertiseTags\":[\"tag:ci\"]")
                        && request.endsWith("\"AuthKey\":\"\"}"))
                .contains("POST login-interactive");
        assertThat(api.requests().indexOf("GET watch-ipn-bus?mask=0"))
                .isLessThan(api.requests().indexOf("POST login-interactive"));
    }

    @Test
    void upWithAKeyFromAFileAsksNobody() throws Exception {
        var key = Files.writeString(directory.resolve("key"), "secret-key\n");
        api.answer("GET status", 200, NEW).notifications("{\"BrowseToURL\":\"http://old\"}", "{\"State\":6}");
        var outcome = run("up", "--auth-key=file:" + key);
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(api.requests()).anyMatch(request -> request.contains("\"AuthKey\":\"secret-key\""));
    }

    @Test
    void upSaysWhyTheLoginWasRefused() throws Exception {
        api.answer("GET status", 200, NEW).notifications("{\"ErrMessage\":\"authkey expired\"}");
        var outcome = run("up", "--auth-key=k");
        assertThat(outcome.code()).isEqualTo(ExitCode.NODE.code());
        assertThat(outcome.err()).contains("the login was refused: authkey expired. Mint a new key");
    }

    @Test
    void upGivesUpInTimeWithTheReason() throws Exception {
        api.answer("GET status", 200, NEW).notifications("{\"State\":2}");
        var outcome = run("up", "--timeout=300ms");
        assertThat(outcome.code()).isEqualTo(ExitCode.TIMEOUT.code());
        assertThat(outcome.err()).contains("not up after 300ms (NeedsLogin): no way out");
    }

    @Test
    void upInJson() throws Exception {
        api.answer("GET status", 200, NEW).notifications("{\"BrowseToURL\":\"http://x\"}", "{\"State\":6}");
        assertThat(run("up", "--json").out()).isEqualTo("""
                {
                  "AuthURL": "http://x",
                  "BackendState": "NeedsLogin"
                }
                {
                  "BackendState": "Running"
                }
                """);
    }

    @Test
    void upThatWouldLoseSettingsShowsTheWholeCommand() throws Exception {
        api.answer("GET status", 200, RUNNING);
        var outcome = run("up", "--hostname=my box", "--auth-key=tskey-1");
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(outcome.err())
                .contains("tailnet-agent up --runtime-dir=", " --hostname='my box'", " --advertise-tags=tag:ci\n")
                .contains("--auth-key=...")
                .doesNotContain("tskey-1");
        assertThat(api.requests()).noneMatch(request -> request.startsWith("P"));
    }

    @Test
    void upOfARunningNodeOnlyEdits() throws Exception {
        api.answer("GET status", 200, RUNNING);
        var outcome = run("up", "--tag=ci", "--accept-dns=false", "--ssh");
        assertThat(outcome.err()).startsWith("warning: --ssh has no effect");
        assertThat(outcome.code()).isZero();
        assertThat(api.requests())
                .contains("PATCH prefs {\"AdvertiseTags\":[\"tag:ci\"],\"AdvertiseTagsSet\":true,\"CorpDNS\":false,"
                        + "\"CorpDNSSet\":true,\"WantRunning\":true,\"WantRunningSet\":true}");
    }

    @Test
    void loginWaitsForTheNewKey() throws Exception {
        api.answer("GET status", 200, RUNNING)
                .notifications("{\"State\":6}", "{\"BrowseToURL\":\"http://x\"}", "{\"SelfChange\":{\"Key\":\"k2\"}}");
        var outcome = run("login");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("http://x", "Success.");
    }

    @Test
    void setChangesWhatItNames() throws Exception {
        api.answer("GET status", 200, RUNNING);
        assertThat(run("set", "--hostname=other").code()).isZero();
        assertThat(api.requests()).contains("PATCH prefs {\"Hostname\":\"other\",\"HostnameSet\":true}");
        assertThat(run("set").code()).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void aUserWhoMayNotIsToldSo() throws Exception {
        api.answer("GET status", 200, RUNNING).answer("PATCH prefs", 403, "prefs write access denied");
        var outcome = run("down");
        assertThat(outcome.code()).isEqualTo(ExitCode.DENIED.code());
        assertThat(outcome.err()).contains("--operator=");
    }

    @Test
    void downAndLogout() throws Exception {
        api.answer("GET status", 200, RUNNING);
        assertThat(run("down").code()).isZero();
        assertThat(run("logout").code()).isZero();
        assertThat(api.requests())
                .contains("PATCH prefs {\"WantRunning\":false,\"WantRunningSet\":true}", "POST logout");
    }

    @Test
    void waitWaitsForTheNodeAndForTheAgent() throws Exception {
        api.answer("GET status", 200, "{\"TailscaleIPs\":[\"100.64.0.1\"]}")
                .notifications("{\"State\":5}", "{\"State\":6}");
        assertThat(run("wait").code()).isZero();
        api.close();
        var outcome = run("wait", "--timeout=300ms");
        assertThat(outcome.code()).isEqualTo(ExitCode.TIMEOUT.code());
        assertThat(outcome.err()).contains("not up after 300ms: no agent is running");
    }

    @Test
    void completionsNameVerbsAndFlags() throws Exception {
        assertThat(run0("completion", "bash").out()).contains("complete -F", "--advertise-tags", "netcheck");
        assertThat(run0("completion", "fish").out())
                .contains("complete -c tailnet-agent -n __fish_use_subcommand -a up -d 'Connects the node")
                .contains("-n '__fish_seen_subcommand_from set' -l exit-node -x");
        assertThat(run0("completion", "cmd").code()).isEqualTo(ExitCode.USAGE.code());
    }

    private static Java.Outcome run0(String... arguments) throws Exception {
        return Java.run(Main.class, Map.of(), arguments);
    }
}
