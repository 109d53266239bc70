package org.quantvoice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.error.CorpusException;
import org.quantvoice.quant.DataSize;
import org.quantvoice.server.SpeechServer;
import org.quantvoice.server.SpeechServerBuilder;
import picocli.CommandLine.Option;

/** The options of a server: where it listens, which clients it admits, and how much it accepts. */
final class ServerOptions {
    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "8080",
            order = 1,
            description = "Default: 8080; 0: any.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            order = 2,
            description = "Address to bind to.")
    private String host = "";

    @Option(
            names = "--allow-origin",
            paramLabel = "O",
            order = 3,
            description = "Origin of a page that may connect, e.g. https://captions.example.")
    private List<String> origins = new ArrayList<>();

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "8",
            converter = RunOptions.Positive.class,
            order = 4,
            description = "Live clients at a time (default: ${DEFAULT-VALUE}).")
    private int maxClients;

    @Option(
            names = "--max-message",
            paramLabel = "BYTES",
            defaultValue = "65536",
            converter = RunOptions.Positive.class,
            order = 5,
            description = "Longest message (default: ${DEFAULT-VALUE}).")
    private int maxMessage;

    @Option(
            names = "--idle",
            paramLabel = "S",
            defaultValue = "60",
            converter = RunOptions.Positive.class,
            order = 6,
            description = "Drop a client that sends no audio for so many seconds (default: ${DEFAULT-VALUE}).")
    private int idle;

    @Option(
            names = "--recordings",
            paramLabel = "N",
            converter = RunOptions.Positive.class,
            order = 7,
            description = "Uploaded recordings that are transcribed at once (default: the processors).")
    private @Nullable Integer recordings;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "32",
            order = 7,
            description = "Recordings that may wait besides (default: ${DEFAULT-VALUE}); more get status 429.")
    private int queue;

    @Option(
            names = "--queue-time",
            paramLabel = "S",
            defaultValue = "60",
            converter = RunOptions.Positive.class,
            order = 7,
            description = "Longest wait in seconds (default: ${DEFAULT-VALUE}), then status 429.")
    private int queueTime;

    @Option(
            names = "--per-client",
            paramLabel = "N",
            defaultValue = "64",
            converter = RunOptions.Positive.class,
            order = 7,
            description = "Recordings and streams at a time of one key or address (default: ${DEFAULT-VALUE}).")
    private int perClient;

    @Option(
            names = "--max-upload",
            paramLabel = "SIZE",
            defaultValue = "1GiB",
            order = 8,
            description = "Largest upload (default: ${DEFAULT-VALUE}).")
    private String maxUpload = "";

    @Option(
            names = "--drain",
            paramLabel = "S",
            defaultValue = "20",
            order = 8,
            description = "Seconds in which recordings may end when the server stops (default: ${DEFAULT-VALUE}).")
    private int drain;

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            order = 8,
            description = "Ask clients for one of the keys in this file, one a line ('Authorization: Bearer KEY').")
    private @Nullable Path keys;

    @Option(
            names = "--tls-cert",
            paramLabel = "PEM",
            order = 9,
            description = "Encrypt: the certificate chain; with --tls-key.")
    private @Nullable Path certificates;

    @Option(
            names = "--tls-key",
            paramLabel = "PEM",
            order = 9,
            description = "Its private key, in PKCS #8 without a password.")
    private @Nullable Path privateKey;

    /** @throws IllegalArgumentException if a value is out of range, or one of two is missing */
    SpeechServerBuilder builder() {
        SpeechServerBuilder builder = SpeechServer.builder()
                .host(host)
                .port(port)
                .maxStreams(maxClients)
                .maxMessageBytes(maxMessage)
                .idle(Duration.ofSeconds(idle))
                .recordings(
                        recordings == null ? Runtime.getRuntime().availableProcessors() : recordings,
                        queue,
                        Duration.ofSeconds(queueTime))
                .maxPerClient(perClient)
                .maxUploadBytes(DataSize.parse(maxUpload).bytes())
                .drain(Duration.ofSeconds(drain));
        origins.forEach(builder::allowOrigin);
        if ((certificates == null) != (privateKey == null)) {
            throw new IllegalArgumentException("got one of --tls-cert and --tls-key; expected both");
        }
        if (certificates != null && privateKey != null) {
            builder.tls(certificates, privateKey);
        }
        if (keys != null) {
            read(keys).forEach(builder::apiKey);
        }
        return builder;
    }

    /** Reads keys from a file, since other users of the machine can read a command line. */
    private static List<String> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file).stream()
                    .map(String::trim)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new CorpusException(
                    file + ", which cannot be read (" + e.getMessage() + ")", "a file of keys", "check the path", e);
        }
        if (lines.isEmpty()) {
            throw new CorpusException(file + " without a key", "one key a line", "write a key, or leave --keys out");
        }
        return lines;
    }
}
