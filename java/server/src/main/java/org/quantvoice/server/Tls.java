package org.quantvoice.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * A certificate chain and its key, in PEM files of the forms that certificate authorities and ACME clients write.
 *
 * @param privateKey in PKCS #8, without a password
 */
record Tls(Path certificates, Path privateKey) {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    ServerConnector connector(Server server) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(store());
        context.setKeyStorePassword("");
        context.setSniRequired(false);
        return new ServerConnector(server, 1, 1, AbstractConnectionFactory.getFactories(context, Http.connections()));
    }

    private KeyStore store() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key(), new char[0], chain());
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new TlsException(
                    "a certificate and key that cannot be used (" + e.getMessage() + ")",
                    "a chain in " + certificates + " and its key in " + privateKey,
                    "check that both are PEM files and belong together",
                    e);
        }
    }

    private Certificate[] chain() throws IOException, GeneralSecurityException {
        byte[] pem = Files.readAllBytes(certificates);
        Certificate[] chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem))
                .toArray(Certificate[]::new);
        if (chain.length == 0) {
            throw new TlsException(
                    certificates + " without a certificate",
                    "a PEM file of certificates",
                    "pass the whole chain",
                    null);
        }
        return chain;
    }

    private PrivateKey key() throws IOException {
        Matcher found = KEY.matcher(Files.readString(privateKey, StandardCharsets.ISO_8859_1));
        if (!found.find()) {
            throw new TlsException(
                    privateKey + " without 'BEGIN PRIVATE KEY'",
                    "a key in PKCS #8 without a password",
                    "convert it: openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY.pem",
                    null);
        }
        byte[] der = Base64.getMimeDecoder().decode(found.group(1));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                continue; // the key is one of another algorithm
            }
        }
        throw new TlsException(
                privateKey + ", a key of an unknown algorithm",
                "one of " + String.join(", ", ALGORITHMS),
                "make another key",
                null);
    }
}
