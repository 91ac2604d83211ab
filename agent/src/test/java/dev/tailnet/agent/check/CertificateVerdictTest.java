package dev.tailnet.agent.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.testing.TlsIdentity;
import java.nio.file.Path;
import java.security.cert.TrustAnchor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateVerdictTest {
    private TlsIdentity signed;
    private TlsIdentity selfSigned;
    private TlsIdentity expired;
    private Set<TrustAnchor> trusted;

    @BeforeAll
    void make(@TempDir Path directory) {
        var maker = new TlsIdentity.Maker(directory);
        var authority = maker.authority("ca");
        signed = maker.signed("host", "ca", "dns:host.test", "dns:*.wild.test", "ip:100.64.0.1");
        selfSigned = maker.selfSigned("self.test");
        expired = maker.expired("old.test");
        trusted = Set.of(new TrustAnchor(authority.chain().getFirst(), null));
    }

    private List<ExitCode> faults(TlsIdentity identity, String host, Instant now) {
        return CertificateVerdict.of(identity.chain(), host, now, trusted).faults().stream()
                .map(Finding::cause)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "host.test, true",
        "other.test, false",
        "a.wild.test, true",
        "a.b.wild.test, false",
        "wild.test, false",
        "100.64.0.1, true",
        "100.64.0.2, false",
    })
    void namesAreThoseOfTheCertificate(String host, boolean fits) {
        assertThat(faults(signed, host, Instant.now()))
                .isEqualTo(fits ? List.of() : List.of(ExitCode.CERTIFICATE_NAME));
    }

    @Test
    void aStrangersSignatureIsNotTrusted() {
        assertThat(faults(selfSigned, "self.test", Instant.now())).containsExactly(ExitCode.CERTIFICATE_UNTRUSTED);
        assertThat(CertificateVerdict.of(signed.chain(), "host.test", Instant.now(), Set.of())
                        .finding())
                .hasValueSatisfying(finding -> assertThat(finding.words()).contains("signed by CN=ca"));
    }

    @Test
    void aSelfSignedCertificateThatIsInstalledIsTrusted() {
        var installed = Set.of(new TrustAnchor(selfSigned.chain().getFirst(), null));

        assertThat(CertificateVerdict.of(selfSigned.chain(), "self.test", Instant.now(), installed)
                        .finding())
                .isEmpty();
    }

    @Test
    void timeComesFirstAndTheOtherFaultsAreTold() {
        assertThat(faults(expired, "other.test", Instant.now()))
                .containsExactly(
                        ExitCode.CERTIFICATE_EXPIRED, ExitCode.CERTIFICATE_NAME, ExitCode.CERTIFICATE_UNTRUSTED);
        assertThat(CertificateVerdict.of(expired.chain(), "old.test", Instant.now(), trusted)
                        .finding())
                .hasValueSatisfying(finding -> assertThat(finding.words())
                        .startsWith("the certificate expired at 20")
                        .contains("self-signed"));
        assertThat(faults(signed, "host.test", Instant.now().plus(Duration.ofDays(5))))
                .containsExactly(ExitCode.CERTIFICATE_EXPIRED);
        assertThat(faults(signed, "host.test", Instant.now().minus(Duration.ofDays(5))))
                .contains(ExitCode.CERTIFICATE_EXPIRED);
    }
}
