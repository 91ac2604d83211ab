package dev.tailnet.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate of a server, with its key.
 *
 * @param chain as the server presents it
 */
public record TlsIdentity(SSLContext server, List<X509Certificate> chain) {
    private static final String PASSWORD = "changeit";

    /** Writes the certificate as OpenSSL and Go read it. */
    public Path writePem(Path file) throws IOException {
        try {
            String encoded = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(chain.getFirst().getEncoded());
            return Files.writeString(file, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
        } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes certificates by keytool; all of one are in one store. */
    public static final class Maker {
        private final Path store;

        public Maker(Path directory) {
            this.store = directory.resolve("identities.p12");
        }

        /** One that is valid now, signed by itself. */
        public TlsIdentity selfSigned(String host) {
            return make(host, "-ext", "san=dns:" + host, "-validity", "2");
        }

        /** One that was valid until yesterday, signed by itself. */
        public TlsIdentity expired(String host) {
            return expired(host, "dns:" + host);
        }

        /** The same for a name in keytool's syntax. */
        public TlsIdentity expired(String alias, String name) {
            return make(alias, "-ext", "san=" + name, "-startdate", "-3d", "-validity", "2");
        }

        /** A certificate authority. */
        public TlsIdentity authority(String name) {
            return make(name, "-ext", "bc:c=ca:true", "-validity", "2");
        }

        /** One that an authority of this store signed, for names in keytool's syntax: {@code dns:host}, {@code ip:1.2.3.4}. */
        public TlsIdentity signed(String alias, String authority, String... names) {
            return make(alias, "-signer", authority, "-ext", "san=" + String.join(",", names), "-validity", "2");
        }

        private TlsIdentity make(String alias, String... more) {
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    alias,
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=" + alias,
                    "-keystore",
                    store.toString(),
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    PASSWORD));
            command.addAll(List.of(more));
            try {
                Process keytool =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (keytool.waitFor() != 0) {
                    throw new AssertionError(said);
                }
                return read(alias);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        private TlsIdentity read(String alias) throws IOException, GeneralSecurityException {
            var all = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(store)) {
                all.load(in, PASSWORD.toCharArray());
            }
            var one = KeyStore.getInstance("PKCS12");
            one.load(null, null);
            var chain = all.getCertificateChain(alias);
            one.setKeyEntry(alias, all.getKey(alias, PASSWORD.toCharArray()), PASSWORD.toCharArray(), chain);
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(one, PASSWORD.toCharArray());
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return new TlsIdentity(
                    context,
                    Arrays.stream(chain).map(X509Certificate.class::cast).toList());
        }
    }
}
