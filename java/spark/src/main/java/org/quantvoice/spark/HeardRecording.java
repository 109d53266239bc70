package org.quantvoice.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.Transcript;
import org.quantvoice.decode.Word;

/**
 * The result of a recording: segments, or why there are none.
 *
 * @param audioSeconds seconds of the recording; 0 if it failed
 * @param error why it failed; null if it did not
 */
record HeardRecording(
        String path,
        long length,
        long modified,
        List<Transcript.Segment> segments,
        double audioSeconds,
        @Nullable Failure error) {

    /**
     * Joins the parts of a recording. Segments depend on the words alone, so that they do not show where the recording
     * was cut.
     *
     * @param pieces all pieces of one recording, in order
     */
    static HeardRecording of(List<HeardPiece> pieces) {
        HeardPiece first = pieces.get(0);
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).part() != i || pieces.size() != first.parts()) {
                throw new IllegalStateException(
                        "got " + pieces.size() + " pieces of " + first.path() + "; expected its " + first.parts());
            }
        }
        Failure error = pieces.stream()
                .map(HeardPiece::error)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (error != null) {
            return new HeardRecording(first.path(), first.length(), first.modified(), List.of(), 0, error);
        }
        double seconds =
                pieces.stream().mapToDouble(HeardPiece::audioSeconds).max().orElseThrow();
        return new HeardRecording(
                first.path(), first.length(), first.modified(), segments(pieces, seconds), seconds, null);
    }

    /**
     * Returns the segments, which are made for each channel by itself and then sorted by their beginnings; of two that
     * begin at the same time, that of the first channel comes first.
     */
    private static List<Transcript.Segment> segments(List<HeardPiece> pieces, double seconds) {
        Map<String, List<Word>> channels = new LinkedHashMap<>();
        pieces.stream().flatMap(p -> p.words().stream()).forEach(w -> channels.computeIfAbsent(
                        w.channel() == null ? "" : w.channel(), c -> new ArrayList<>())
                .add(w));
        return channels.entrySet().stream()
                .sorted(Comparator.comparingInt(e -> e.getKey().isEmpty() ? 0 : Integer.parseInt(e.getKey())))
                .flatMap(e -> transcript(e.getValue(), seconds).segments().stream())
                .sorted(Comparator.comparingDouble(Transcript.Segment::start)) // the sort is stable
                .toList();
    }

    private static Transcript transcript(List<Word> words, double seconds) {
        return new Transcript(List.of(new Transcript.Alternative("", words, 0)), seconds);
    }

    /** Returns its subtitles in SubRip format. */
    String toSrt() {
        List<Word> words = segments.stream().flatMap(s -> s.words().stream()).toList();
        return new Transcript(List.of(new Transcript.Alternative("", words, 0)), audioSeconds, segments).toSrt();
    }
}
