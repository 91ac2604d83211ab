package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What clients would say to a certificate. Each question by itself, so that a certificate with several faults is told with all
 * of them; the first counts.
 */
record CertificateVerdict(List<Finding> faults) {

    /** @param chain what the server presented, its own certificate first */
    static CertificateVerdict of(List<X509Certificate> chain, String host, Instant now, Set<TrustAnchor> trusted) {
        if (chain.isEmpty()) {
            return new CertificateVerdict(List.of(
                    new Finding(ExitCode.CERTIFICATE_UNTRUSTED, "the target presents no certificate", "Give it one.")));
        }
        var faults = new ArrayList<Finding>();
        var own = chain.getFirst();
        boolean isInTime = isInTime(own, now);
        if (!isInTime) {
            faults.add(outOfTime(own, now));
        }
        var names = CertificateNames.of(own);
        if (!names.include(host)) {
            faults.add(new Finding(
                    ExitCode.CERTIFICATE_NAME,
                    "the certificate is not for " + host + " but for " + names,
                    "Ask for the target by one of these names, or have the certificate issued for " + host + "."));
        }
        // A certificate that is out of time is judged by when it was good: whom to trust is another question.
        Instant at = isInTime ? now : own.getNotAfter().toInstant();
        if (!isTrusted(chain, at, trusted)) {
            faults.add(untrusted(own));
        }
        return new CertificateVerdict(faults);
    }

    /** The first fault, with the others in its words; empty when there is none. */
    Optional<Finding> finding() {
        return faults.stream().findFirst().map(first -> {
            var words = faults.stream().map(Finding::words).toList();
            return new Finding(first.cause(), String.join("; ", words), first.fix());
        });
    }

    private static boolean isInTime(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private static Finding outOfTime(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        return now.isBefore(from)
                ? new Finding(
                        ExitCode.CERTIFICATE_EXPIRED,
                        "the certificate is not valid before " + from,
                        "Check this machine's clock; if it is right, await that time or replace the certificate.")
                : new Finding(
                        ExitCode.CERTIFICATE_EXPIRED,
                        "the certificate expired at "
                                + certificate.getNotAfter().toInstant(),
                        "Renew it on the target; check this machine's clock if that is a surprise.");
    }

    private static Finding untrusted(X509Certificate own) {
        boolean isSelfSigned = own.getIssuerX500Principal().equals(own.getSubjectX500Principal());
        return new Finding(
                ExitCode.CERTIFICATE_UNTRUSTED,
                isSelfSigned
                        ? "the certificate is self-signed, and this machine does not trust it"
                        : "the certificate is signed by "
                                + own.getIssuerX500Principal().getName()
                                + ", whom this machine does not trust, or a certificate between is missing",
                "Install the CA's certificate on this machine (update-ca-certificates, or SSL_CERT_FILE), or have the"
                        + " target present one of a public CA with all certificates between.");
    }

    private static boolean isTrusted(List<X509Certificate> chain, Instant at, Set<TrustAnchor> trusted) {
        var own = chain.getFirst();
        if (trusted.isEmpty()) {
            return false;
        }
        if (trusted.stream().anyMatch(anchor -> own.equals(anchor.getTrustedCert()))) {
            return true;
        }
        var target = new X509CertSelector();
        target.setCertificate(own);
        try {
            var parameters = new PKIXBuilderParameters(trusted, target);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            var unused = CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
