package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OAuth clients and federated identities; {@link AuthKeyTest} has the keys. */
class CredentialReaderTest {
    private static final Secret SECRET = Secret.of("tskey-client-1");

    @TempDir
    private Path directory;

    private static Load tagged() {
        return Load.with().flag(Setting.ADVERTISE_TAGS, "tag:ci");
    }

    @Test
    void aClientsSecretIsOneOfTheContainerImagesVariables() {
        var configuration = tagged().variable("TS_CLIENT_SECRET", "tskey-client-1")
                .variable("TS_CLIENT_ID", "client-1")
                .load();
        assertThat(configuration.settings().node().credential())
                .contains(new OAuthClient(SECRET, "TS_CLIENT_SECRET (environment)", Optional.empty()));
        assertThat(configuration.exposed()).containsExactly(SECRET);
        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.print())
                .contains("client-secret: \"********\"")
                .doesNotContain("tskey-client");
    }

    @Test
    void aClientsSecretMayBeInAFile() throws Exception {
        var file = Files.writeString(directory.resolve("secret"), "tskey-client-1\n");
        var credential = tagged().flag(Setting.CLIENT_SECRET, "file:" + file)
                .settings()
                .node()
                .credential()
                .orElseThrow();
        assertThat(credential).isEqualTo(new OAuthClient(SECRET, "--client-secret (flag)", Optional.of(file)));
        Files.writeString(file, "tskey-client-2");
        assertThat(Load.secret(credential.again())).isEqualTo(Secret.of("tskey-client-2"));
    }

    @Test
    void anIdentityHasATokenOrAnAudience() throws Exception {
        var file = Files.writeString(directory.resolve("token"), "a.b.c\n");
        var withToken = tagged().variable("TS_CLIENT_ID", "client-1")
                .variable("TS_ID_TOKEN", "file:" + file)
                .settings()
                .node()
                .credential();
        assertThat(withToken)
                .contains(new WorkloadIdentity(
                        "client-1",
                        Optional.of(Secret.of("a.b.c")),
                        Optional.empty(),
                        "TS_CLIENT_ID (environment)",
                        Optional.of(file)));
        Files.writeString(file, "d.e.f\n");
        assertThat(Load.secret(withToken.orElseThrow().again())).isEqualTo(Secret.of("d.e.f"));
        assertThat(tagged().flag(Setting.CLIENT_ID, "client-1")
                        .flag(Setting.AUDIENCE, "me")
                        .settings()
                        .node()
                        .credential())
                .contains(new WorkloadIdentity(
                        "client-1", Optional.empty(), Optional.of("me"), "--client-id (flag)", Optional.empty()));
    }

    @Test
    void whatDoesNotFitTogetherIsAProblem() {
        assertThat(tagged().variable("TS_ID_TOKEN", "t").problems())
                .containsExactly("TS_ID_TOKEN (environment): whose? Give --client-id as well");
        assertThat(tagged().variable("TS_CLIENT_ID", "c").problems())
                .containsExactly(
                        "TS_CLIENT_ID (environment): a client without a secret needs --id-token or --audience");
        assertThat(tagged().variable("TS_CLIENT_ID", "c")
                        .variable("TS_ID_TOKEN", "t")
                        .variable("TS_AUDIENCE", "a")
                        .problems())
                .containsExactly("TS_CLIENT_ID (environment): give either --id-token or --audience, not both");
        assertThat(Load.with().variable("TS_CLIENT_SECRET", "s").problems())
                .containsExactly("TS_CLIENT_SECRET (environment): keys that are made for a client have tags: give"
                        + " --advertise-tags as well");
    }

    @Test
    void anAuthKeyComesFirst() {
        var configuration = tagged().variable("TS_AUTHKEY", "tskey-auth-1")
                .variable("TS_CLIENT_SECRET", "tskey-client-1")
                .load();
        assertThat(configuration.settings().node().credential())
                .map(Load::secret)
                .contains(Secret.of("tskey-auth-1"));
        assertThat(configuration.warnings())
                .containsExactly("TS_CLIENT_SECRET (environment): not used: there is an auth key, TS_AUTHKEY"
                        + " (environment)");
    }

    @Test
    void onTheCommandLineASecretIsWarnedOfAndScrubbed() {
        var configuration =
                tagged().flag(Setting.CLIENT_SECRET, "tskey-client-1").load();
        assertThat(configuration.exposed()).containsExactly(SECRET);
        assertThat(configuration.warnings())
                .containsExactly("--client-secret (flag): other users could see the secret until it was scrubbed from"
                        + " the process title: use --client-secret=file:PATH or TS_CLIENT_SECRET");
    }
}
