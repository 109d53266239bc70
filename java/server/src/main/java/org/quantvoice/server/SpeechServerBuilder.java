package org.quantvoice.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.server.load.AdmissionLimits;
import org.quantvoice.server.models.HostedModel;

/** Collects the settings of a {@link SpeechServer}; all but the model have a default. A builder is for one thread. */
public final class SpeechServerBuilder {
    private static final int LONGEST_MESSAGE = 1 << 20;

    final List<HostedModel> models = new ArrayList<>();
    final List<String> origins = new ArrayList<>();
    final List<String> keys = new ArrayList<>();
    String host = "127.0.0.1";
    int port;
    int streams = 8;
    int maxMessageBytes = 1 << 16;
    Duration idle = Duration.ofSeconds(60);
    int slots = Runtime.getRuntime().availableProcessors();
    int queue = 32;
    Duration deadline = Duration.ofSeconds(60);
    int perClient = 64;
    long maxUploadBytes = 1L << 30;
    long minUploadBytesPerSecond = 1024;
    Duration uploadGrace = Duration.ofSeconds(10);
    Path uploadFolder = Path.of(System.getProperty("java.io.tmpdir"));
    Duration drain = Duration.ofSeconds(20);

    @Nullable
    Tls tls;

    @Nullable
    MeterRegistry registry;

    SpeechServerBuilder() {}

    /** Offers a model; the first one serves clients that name none. */
    public SpeechServerBuilder model(HostedModel model) {
        models.add(Objects.requireNonNull(model, "model"));
        return this;
    }

    /** Offers a session of the application, which the application has to close. */
    public SpeechServerBuilder model(String name, QuantSession session) {
        return model(HostedModel.of(name, session));
    }

    /** Sets the address to bind to. Default: 127.0.0.1, which only this machine can reach. */
    public SpeechServerBuilder host(String address) {
        host = Objects.requireNonNull(address, "address");
        return this;
    }

    /**
     * Sets the port.
     *
     * @param number the port; 0, the default, takes any free one
     */
    public SpeechServerBuilder port(int number) {
        require(number >= 0 && number <= 65_535, "port " + number, "0 to 65535");
        port = number;
        return this;
    }

    /** Allows pages of another origin to use the server, e.g. {@code https://captions.example}. */
    public SpeechServerBuilder allowOrigin(String origin) {
        origins.add(Objects.requireNonNull(origin, "origin"));
        return this;
    }

    /** Requires of every client this key or another that was added. Default: no key, and everybody is served. */
    public SpeechServerBuilder apiKey(String key) {
        keys.add(Objects.requireNonNull(key, "key"));
        return this;
    }

    /** Encrypts all connections: HTTPS and WSS. Both files in PEM; the key in PKCS #8 without a password. */
    public SpeechServerBuilder tls(Path certificates, Path privateKey) {
        tls = new Tls(certificates, privateKey);
        return this;
    }

    /** Sets how many live streams may be open at a time. Default: 8. */
    public SpeechServerBuilder maxStreams(int count) {
        require(count >= 1, count + " streams", "1 or more");
        streams = count;
        return this;
    }

    /** Sets how many bytes one message of live audio may have. Default: 65536. */
    public SpeechServerBuilder maxMessageBytes(int bytes) {
        require(
                bytes >= 1024 && bytes <= LONGEST_MESSAGE,
                "messages of " + bytes + " bytes",
                "1024 to " + LONGEST_MESSAGE);
        maxMessageBytes = bytes;
        return this;
    }

    /**
     * Sets after which time without audio a live client is dropped, whatever else it sends. Audio for less than a
     * hundredth of the time counts as none. Default: 60 s.
     */
    public SpeechServerBuilder idle(Duration time) {
        require(!time.isNegative() && !time.isZero(), "an idle time of " + time, "more than 0 s");
        idle = time;
        return this;
    }

    /**
     * Sets how many recordings run at a time, how many more may wait, and for how long.
     *
     * @param running default: one for each processor
     * @param waiting default: 32; 0 refuses what cannot run at once
     * @param longest default: 60 s
     */
    public SpeechServerBuilder recordings(int running, int waiting, Duration longest) {
        new AdmissionLimits(running, waiting, longest, 1, 1); // the constructor refuses values out of range
        slots = running;
        queue = waiting;
        deadline = longest;
        return this;
    }

    /**
     * Sets how many recordings and streams one client may have. A client is identified by its key, or by its address if
     * there are no keys. Default: 64.
     */
    public SpeechServerBuilder maxPerClient(int count) {
        require(count >= 1, count + " requests a client", "1 or more");
        perClient = count;
        return this;
    }

    /** Sets how many bytes one upload may have. Default: 1 GiB. */
    public SpeechServerBuilder maxUploadBytes(long bytes) {
        require(bytes >= 1, "uploads of " + bytes + " bytes", "1 or more");
        maxUploadBytes = bytes;
        return this;
    }

    /**
     * Sets the lowest speed of uploads; slower ones are broken off.
     *
     * @param bytes default: 1024
     * @param grace the time in which an upload may be slower; default: 10 s
     */
    public SpeechServerBuilder minUploadBytesPerSecond(long bytes, Duration grace) {
        require(bytes >= 1, bytes + " bytes a second", "1 or more");
        require(!grace.isNegative(), "a grace of " + grace, "0 s or more");
        minUploadBytesPerSecond = bytes;
        uploadGrace = grace;
        return this;
    }

    /**
     * Sets the folder that holds uploads while they are worked on. Default: the system's folder for temporary files.
     */
    public SpeechServerBuilder uploadFolder(Path folder) {
        uploadFolder = Objects.requireNonNull(folder, "folder");
        return this;
    }

    /** Sets how long closing waits for running recordings. Default: 20 s. */
    public SpeechServerBuilder drain(Duration longest) {
        require(!longest.isNegative(), "a time of " + longest, "0 s or more");
        drain = longest;
        return this;
    }

    /** Sets the registry of meters. Default: a registry of the server's own, which {@code /metrics} shows. */
    public SpeechServerBuilder meters(MeterRegistry meters) {
        registry = Objects.requireNonNull(meters, "meters");
        return this;
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("got " + got + "; expected " + expected);
        }
    }

    AdmissionLimits limits() {
        return new AdmissionLimits(slots, queue, deadline, streams, perClient);
    }

    MeterRegistry metersOrOwn() {
        return registry != null ? registry : new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /**
     * Loads the models and starts to listen.
     *
     * @throws org.quantvoice.error.OutputException if the port is in use or the address is not this machine's
     * @throws org.quantvoice.error.QuantVoiceException if a model cannot be loaded, or a file of TLS cannot be read
     */
    public SpeechServer start() {
        return SpeechServer.start(this);
    }
}
