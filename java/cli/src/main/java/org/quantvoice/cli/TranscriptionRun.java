package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.quantvoice.Transcript;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.engine.ModelInfo;

/** The results of a run of {@code qv transcribe} so far. */
final class TranscriptionRun {
    private final List<Map<String, Object>> files = new ArrayList<>();
    private final boolean kept;
    private double audioSeconds;
    private double seconds;
    private int failures;

    /** @param kept whether {@link #toMap} will be called; otherwise words are not kept, as those of hours are large */
    TranscriptionRun(boolean kept) {
        this.kept = kept;
    }

    Transcript time(Path file, Supplier<Transcript> work) {
        long start = System.nanoTime();
        Transcript transcript = work.get();
        add(file, transcript, (System.nanoTime() - start) / 1e9);
        return transcript;
    }

    /** Sets the seconds that several recordings took together, as they were transcribed in parallel. */
    void took(double together) {
        seconds = together;
    }

    /** @param taken seconds that this recording took */
    void add(Path file, Transcript transcript, double taken) {
        seconds += taken;
        audioSeconds += transcript.audioSeconds();
        if (kept) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("file", file.toString());
            entry.putAll(transcript.toMap());
            entry.put("seconds", taken);
            files.add(entry);
        }
    }

    void failed(Path file, Exception e) {
        failures++;
        files.removeIf(entry -> file.toString().equals(entry.get("file")) && !entry.containsKey("error"));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", file.toString());
        entry.put("error", Failures.toMap(e));
        files.add(entry);
    }

    int failures() {
        return failures;
    }

    double audioSeconds() {
        return audioSeconds;
    }

    /**
     * Returns a line such as {@code LIBTORCH FBGEMM, kernels: avx512vnni, 2 threads, RTF 0.012 (10.3 s of audio in 0.12
     * s)}.
     */
    String describe(ModelInfo info) {
        return String.format(
                Locale.ROOT,
                "%s, RTF %.4f (%.1f s of audio in %.2f s)",
                RunOptions.describe(info),
                seconds / audioSeconds,
                audioSeconds,
                seconds);
    }

    Map<String, Object> toMap(String model, ModelInfo info) {
        Map<String, Object> map = Documents.run(model, info);
        map.put("audioSeconds", audioSeconds);
        map.put("seconds", seconds);
        map.put("rtf", audioSeconds > 0 ? seconds / audioSeconds : null);
        map.put("files", files);
        return map;
    }
}
