package dev.tailnet.agent.check;

import dev.tailnet.proxy.request.AddressText;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whom a certificate is for: its subject alternative names, as browsers read them (RFC 9525; the common name counts for nothing). */
record CertificateNames(List<String> dns, List<InetAddress> addresses) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    static CertificateNames of(X509Certificate certificate) {
        var dns = new ArrayList<String>();
        var addresses = new ArrayList<InetAddress>();
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(1) instanceof String text) {
                        switch ((Integer) name.getFirst()) {
                            case DNS_NAME -> dns.add(text.toLowerCase(Locale.ROOT));
                            case IP_ADDRESS -> addresses.add(InetAddress.ofLiteral(text));
                            default -> {}
                        }
                    }
                }
            }
        } catch (CertificateParsingException | IllegalArgumentException e) {
            // What cannot be read names nobody.
        }
        return new CertificateNames(dns, addresses);
    }

    /** @param host a name in lower case, or an address */
    boolean include(String host) {
        try {
            return addresses.contains(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return dns.stream().anyMatch(pattern -> matches(pattern, host));
        }
    }

    /** A star stands for the whole of the first label (RFC 9525, section 6.3). */
    private static boolean matches(String pattern, String host) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(host);
        }
        int dot = host.indexOf('.');
        return dot > 0 && pattern.substring(1).equals(host.substring(dot));
    }

    @Override
    public String toString() {
        var all = new ArrayList<>(dns);
        addresses.forEach(address -> all.add(AddressText.of(address)));
        return all.isEmpty() ? "nobody (it has no subject alternative name)" : String.join(", ", all);
    }
}
