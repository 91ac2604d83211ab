package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.proxy.request.Target;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * The TLS handshake, and whether clients accept the certificate: its time, its names, who signed it.
 *
 * @param trusted whom this machine trusts
 */
record CertificateStep(Set<TrustAnchor> trusted, Clock clock) {
    private static final String STEP = "certificate";

    void take(TunnelAnswer.Open tunnel, Target target, Duration timeout, Walk walk) throws StepFailure {
        String host = target.host().toString();
        List<X509Certificate> chain =
                walk.timed("TLS", () -> handshake(tunnel, host, target, timeout), found -> "handshake complete");
        var verdict = CertificateVerdict.of(chain, host, clock.instant(), trusted);
        if (verdict.finding().isPresent()) {
            throw walk.failed(STEP, null, verdict.finding().get());
        }
        Instant end = chain.getFirst().getNotAfter().toInstant();
        walk.passed(STEP, null, "for " + host + ", valid until " + end);
    }

    private static List<X509Certificate> handshake(
            TunnelAnswer.Open tunnel, String host, Target target, Duration timeout) throws StepFailure {
        try {
            return TlsHandshake.perform(tunnel.channel(), tunnel.early(), host, target.port(), timeout);
        } catch (SocketTimeoutException e) {
            throw failed(target + " does not answer a TLS handshake", "If it speaks no TLS, check with --no-tls.");
        } catch (SSLException e) {
            throw failed(
                    "no TLS with " + target + ": " + e.getMessage(),
                    "If it speaks no TLS, check with --no-tls; otherwise its log says what it did not like.");
        } catch (IOException e) {
            throw failed(
                    target + " ended the connection during the TLS handshake: " + e.getMessage(),
                    "If it speaks no TLS, check with --no-tls; otherwise its log says what it did not like.");
        }
    }

    private static StepFailure failed(String words, String fix) {
        return new StepFailure(new Finding(ExitCode.TLS_FAILED, words, fix));
    }
}
