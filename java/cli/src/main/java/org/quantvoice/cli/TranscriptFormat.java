package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quantvoice.SubtitleOptions;
import org.quantvoice.Transcript;
import org.quantvoice.internal.json.JsonWriter;

/** The formats in which {@code qv transcribe} writes a transcript. */
enum TranscriptFormat {
    TEXT,
    JSON,
    JSONL,
    SRT,
    VTT;

    /** Returns the extension of the files that {@code --output} writes. */
    String extension() {
        return this == TEXT ? "txt" : name().toLowerCase(Locale.ROOT);
    }

    boolean isSubtitles() {
        return this == SRT || this == VTT;
    }

    /** Returns whether segments can be written one after the other while the recording is transcribed. */
    boolean isOfSegments() {
        return this == TEXT || this == JSONL;
    }

    /**
     * Returns a line of {@link #JSONL}.
     *
     * @param file where the segment is from; null: it is the only one
     */
    static String line(@Nullable Path file, Transcript.Segment segment) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (file != null) {
            map.put("file", file.toString());
        }
        map.putAll(segment.toMap());
        return JsonWriter.compact(map);
    }

    /** Returns a line of {@link #TEXT}: the words, preceded by the channel if there are several. */
    static String text(Transcript.Segment segment) {
        return segment.channel() == null ? segment.text() : segment.channel() + ": " + segment.text();
    }

    /**
     * Returns a whole transcript.
     *
     * @param file is named in each line of {@link #JSONL}; null for none
     * @param nbest number of alternatives in {@link #TEXT}, if more than 1
     * @param segmented whether {@link #TEXT} has a line for each segment, not one for all
     * @param subtitles how {@link #SRT} and {@link #VTT} look
     */
    String of(@Nullable Path file, Transcript transcript, int nbest, boolean segmented, SubtitleOptions subtitles) {
        return switch (this) {
            case TEXT -> nbest > 1 ? readings(transcript) : text(transcript, segmented);
            case JSON -> transcript.toJson() + "\n";
            case JSONL ->
                transcript.segments().stream().map(s -> line(file, s) + "\n").collect(Collectors.joining());
            case SRT -> transcript.toSrt(subtitles);
            case VTT -> transcript.toVtt(subtitles);
        };
    }

    private static String text(Transcript transcript, boolean segmented) {
        boolean channels = transcript.segments().stream().anyMatch(s -> s.channel() != null);
        return segmented || channels
                ? transcript.segments().stream().map(s -> text(s) + "\n").collect(Collectors.joining())
                : transcript.text() + "\n";
    }

    private static String readings(Transcript transcript) {
        StringBuilder lines = new StringBuilder();
        transcript.alternatives().forEach(a -> lines.append(String.format("%.3f", a.score()))
                .append('\t')
                .append(a.text())
                .append('\n'));
        return lines.toString();
    }
}
