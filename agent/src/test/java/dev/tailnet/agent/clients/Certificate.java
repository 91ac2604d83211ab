package dev.tailnet.agent.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate for a tailnet host that clients are told to trust, signed by itself.
 *
 * @param pem the certificate for clients
 * @param trustStore the same for Java, PKCS #12 with {@link #PASSWORD}
 */
record Certificate(SSLContext server, Path pem, Path trustStore) {
    static final String PASSWORD = "changeit";

    /** Makes one for {@code host}, with its files in a directory. */
    static Certificate create(Path directory, String host) throws IOException, GeneralSecurityException {
        var keys = directory.resolve("keys.p12");
        var pem = directory.resolve("certificate.pem");
        var trusted = directory.resolve("trusted.p12");
        var keytool = Program.at(Path.of(System.getProperty("java.home"), "bin", "keytool"), directory);
        keytool.run(
                        "-genkeypair",
                        "-alias",
                        "host",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + host,
                        "-ext",
                        "san=dns:" + host,
                        "-ext",
                        "bc:c=ca:true",
                        "-validity",
                        "2",
                        "-keystore",
                        keys.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .ok();
        keytool.run(
                        "-exportcert",
                        "-rfc",
                        "-alias",
                        "host",
                        "-file",
                        pem.toString(),
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD)
                .ok();
        keytool.run(
                        "-importcert",
                        "-noprompt",
                        "-alias",
                        "host",
                        "-file",
                        pem.toString(),
                        "-keystore",
                        trusted.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .ok();
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return new Certificate(context, pem, trusted);
    }
}
