package org.quantvoice.spark;

import java.util.Locale;
import org.quantvoice.error.OutputException;

/** The formats that a batch writes. */
public enum BatchFormat {
    /**
     * One row per segment, as {@link SpeechTranscriber} writes them, with {@code length} and {@code modified} of the
     * file.
     */
    PARQUET,
    /** The rows are written as JSON, one per line. */
    JSONL,
    /**
     * The rows are written with a header; {@code words} are JSON, {@code error} is {@code error_type} and {@code
     * error_message}.
     */
    CSV,
    /**
     * One SubRip file per recording, whose name is that of the recording with {@code .srt} behind; {@code recordings}
     * holds a JSON line for each.
     */
    SRT_FILES;

    /** Reads {@code parquet}, {@code jsonl}, {@code csv} or {@code srt-files}. */
    public static BatchFormat of(String name) {
        for (BatchFormat format : values()) {
            if (format.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        throw new OutputException("format '" + name + "'", "parquet, jsonl, csv or srt-files", "choose one of them");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
