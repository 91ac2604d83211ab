package dev.tailnet.agent.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whom this machine trusts: the CA certificates that curl and Go programs go by, or Java's where there are none. */
final class TrustedRoots {
    private static final String VARIABLE = "SSL_CERT_FILE";

    /** Debian and most others, Red Hat, Alpine. */
    private static final List<String> BUNDLES =
            List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem");

    private TrustedRoots() {}

    static Set<TrustAnchor> of(Map<String, String> environment) {
        return Stream.concat(Stream.of(environment.getOrDefault(VARIABLE, "")), BUNDLES.stream())
                .filter(file -> !file.isEmpty())
                .map(Path::of)
                .filter(Files::isReadable)
                .map(TrustedRoots::bundle)
                .filter(anchors -> !anchors.isEmpty())
                .findFirst()
                .orElseGet(TrustedRoots::ofJava);
    }

    private static Set<TrustAnchor> bundle(Path file) {
        var anchors = new HashSet<TrustAnchor>();
        try (var in = Files.newInputStream(file)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                if (certificate instanceof X509Certificate root) {
                    anchors.add(new TrustAnchor(root, null));
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            return Set.of();
        }
        return anchors;
    }

    private static Set<TrustAnchor> ofJava() {
        var anchors = new HashSet<TrustAnchor>();
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trusting) {
                    for (var root : trusting.getAcceptedIssuers()) {
                        anchors.add(new TrustAnchor(root, null));
                    }
                }
            }
        } catch (GeneralSecurityException e) {
            return Set.of();
        }
        return anchors;
    }
}
