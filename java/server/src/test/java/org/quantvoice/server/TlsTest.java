package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.QuantSession;
import org.quantvoice.server.models.HostedModel;

/** Encryption by key files, as certificate authorities hand them out. */
final class TlsTest {
    private static final Base64.Encoder MIME = Base64.getMimeEncoder(64, new byte[] {'\n'});

    @TempDir
    private Path folder;

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + MIME.encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    /** A certificate that signs itself, and its key, as files. */
    private KeyStore make(String algorithm) throws Exception {
        Path store = folder.resolve("store.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes());
        assertThat(made.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        Certificate certificate = keys.getCertificate("a");
        Key key = keys.getKey("a", "changeit".toCharArray());
        Files.writeString(folder.resolve("cert.pem"), pem("CERTIFICATE", certificate.getEncoded()));
        Files.writeString(folder.resolve("key.pem"), pem("PRIVATE KEY", key.getEncoded()));
        return keys;
    }

    @ParameterizedTest
    @CsvSource({"RSA", "EC", "Ed25519"})
    void requestsAndStreamsAreEncrypted(String algorithm) throws Exception {
        KeyStore trusted = make(algorithm);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("a", trusted.getCertificate("a"));
        trust.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpClient http = HttpClient.newBuilder().sslContext(context).build();
        try (QuantSession session = QuantSession.builder().threads(1).build();
                SpeechServer server = SpeechServer.builder()
                        .model("digits", session)
                        .tls(folder.resolve("cert.pem"), folder.resolve("key.pem"))
                        .start()) {
            assertThat(server.url()).startsWith("https://");
            HttpResponse<String> models = http.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "v1/models"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(models.body()).contains("digits");
            Client live = new Client();
            http.newWebSocketBuilder()
                    .header("Origin", server.url().substring(0, server.url().length() - 1))
                    .buildAsync(URI.create(server.url().replace("https:", "wss:") + "live"), live)
                    .join()
                    .sendText("{\"type\":\"start\",\"rate\":16000}", true);
            live.await("ready");
        }
    }

    @Test
    void filesThatAreNoneAreRefused() throws Exception {
        make("EC");
        Path cert = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        Path text = Files.writeString(folder.resolve("text.pem"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n");
        Path noKey = Files.writeString(folder.resolve("no.pem"), pem("PRIVATE KEY", new byte[40]));
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        for (Path[] pair :
                new Path[][] {{cert, text}, {cert, noKey}, {text, key}, {empty, key}, {folder.resolve("absent"), key}
                }) {
            assertThatThrownBy(() -> SpeechServer.builder()
                            .model(HostedModel.loadedBy("a", () -> {
                                throw new AssertionError("loaded before the files were looked at");
                            }))
                            .tls(pair[0], pair[1])
                            .start())
                    .as(pair[0] + " " + pair[1])
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining(";");
        }
    }
}
