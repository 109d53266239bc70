package org.quantvoice.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The meters of a server; docs/server.md lists them. Safe for several threads. */
public final class ServerMetrics {
    private static final double[] SHARES = {0.5, 0.9, 0.99};
    private static final Path STATUS = Path.of("/proc/self/status");

    private final MeterRegistry registry;

    public ServerMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("quantvoice.memory.resident", () -> 1024 * status("VmRSS:"))
                .description("Memory of the process, native memory and heap, where the system tells")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("quantvoice.process.threads", () -> status("Threads:"))
                .description("Threads of the process, where the system tells")
                .register(registry);
    }

    /** Registers a number that the server knows at any time, such as the length of its queue. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    /**
     * Registers a model that is served.
     *
     * @param bytes returns the size of its weights now
     */
    public void model(String name, Supplier<Number> bytes) {
        Gauge.builder("quantvoice.model", bytes)
                .description("Size of the weights of a model")
                .baseUnit("bytes")
                .tag("model", name)
                .register(registry);
    }

    /**
     * Counts a request that was answered.
     *
     * @param path the server's name of the route, never a client's text, because each becomes a time series
     */
    public void request(String path, int status, long nanos) {
        Timer.builder("quantvoice.requests")
                .description("Requests, and how long they took")
                .tag("path", path)
                .tag("status", String.valueOf(status))
                .publishPercentiles(SHARES)
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts a recording that was transcribed. */
    public void recording(String model, double audioSeconds, double seconds) {
        audio(model, "recording", audioSeconds);
        if (audioSeconds > 0) {
            DistributionSummary.builder("quantvoice.rtf")
                    .description("Time of a recording's transcription over the time of its audio")
                    .tag("model", model)
                    .publishPercentiles(SHARES)
                    .register(registry)
                    .record(seconds / audioSeconds);
        }
    }

    private void audio(String model, String source, double seconds) {
        Counter.builder("quantvoice.audio")
                .description("Audio that was recognised")
                .baseUnit("seconds")
                .tag("model", model)
                .tag("source", source)
                .register(registry)
                .increment(seconds);
    }

    /** Counts a message of live audio, and the time from taking it up to having sent the results that it completed. */
    public void liveAudio(String model, double audioSeconds, long nanos) {
        audio(model, "live", audioSeconds);
        Timer.builder("quantvoice.live.chunk")
                .description("From taking up a message of live audio to having told its words")
                .tag("model", model)
                .publishPercentiles(SHARES)
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts a request or stream that was refused for overload. */
    public void refused(String reason) {
        Counter.builder("quantvoice.refused")
                .description("Requests and streams refused because of load")
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    /** Returns a number of Linux's status file, or NaN on systems without one, which Prometheus shows as NaN. */
    private static double status(String name) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
