package org.quantvoice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.quantvoice.decode.Word;

/**
 * A transcript divided into cues by {@link SubtitleOptions}, in the order in which they begin. A word between spaces
 * that is longer than a line stays whole; scripts without spaces are divided between characters. Each speaker has
 * separate cues, which may overlap in time when speech does.
 */
record Subtitles(List<Cue> cues, SubtitleOptions options) {

    /**
     * Text that is shown at one time.
     *
     * @param label text before the first line; may be empty
     * @param rows the pieces of each line
     */
    record Cue(double start, double end, String label, List<List<CueText.Piece>> rows) {

        List<String> lines() {
            List<String> lines = new ArrayList<>();
            for (List<CueText.Piece> row : rows) {
                lines.add((lines.isEmpty() ? label : "") + CueText.text(row));
            }
            return lines;
        }
    }

    static Subtitles of(Transcript transcript) {
        return of(transcript, SubtitleOptions.defaults());
    }

    static Subtitles of(Transcript transcript, SubtitleOptions options) {
        Map<String, List<Word>> speakers = new LinkedHashMap<>();
        for (Word word : transcript.words()) {
            String label = word.channel() == null ? "" : word.channel() + ": ";
            speakers.computeIfAbsent(label, l -> new ArrayList<>()).add(word);
        }
        List<Cue> cues = new ArrayList<>();
        speakers.forEach((label, words) -> add(cues, label, words, options));
        cues.sort(Comparator.comparingDouble(Cue::start));
        return new Subtitles(cues, options);
    }

    private static void add(List<Cue> cues, String label, List<Word> words, SubtitleOptions options) {
        List<CueText.Piece> pieces = CueText.pieces(words);
        CueLines lines = new CueLines(options.columns(), label.length());
        CueLayout layout = new CueLayout(pieces, options, lines);
        int[] cuts = layout.cuts();
        for (int c = 0; c + 1 < cuts.length; c++) {
            cues.add(new Cue(
                    pieces.get(cuts[c]).start(),
                    layout.end(cuts[c], cuts[c + 1] - 1),
                    label,
                    lines.of(pieces.subList(cuts[c], cuts[c + 1]))));
        }
    }

    String srt() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < cues.size(); i++) {
            Cue cue = cues.get(i);
            out.append(i + 1).append('\n');
            out.append(time(cue.start(), ','))
                    .append(" --> ")
                    .append(time(cue.end(), ','))
                    .append('\n');
            out.append(String.join("\n", cue.lines())).append("\n\n");
        }
        return out.toString();
    }

    String vtt() {
        StringBuilder out = new StringBuilder("WEBVTT\n\n");
        for (Cue cue : cues) {
            out.append(time(cue.start(), '.'))
                    .append(" --> ")
                    .append(time(cue.end(), '.'))
                    .append('\n');
            out.append(options.wordTimes() ? timed(cue) : escaped(String.join("\n", cue.lines())));
            out.append("\n\n");
        }
        return out.toString();
    }

    /** Returns a cue's text with the time at which each word begins before it; times in a cue have to rise. */
    private static String timed(Cue cue) {
        StringBuilder out = new StringBuilder(escaped(cue.label()));
        String last = time(cue.start(), '.');
        String end = time(cue.end(), '.');
        for (List<CueText.Piece> row : cue.rows()) {
            boolean first = true;
            for (CueText.Piece piece : row) {
                out.append(first || piece.attached() ? "" : " ");
                first = false;
                String begin = time(piece.start(), '.');
                if (begin.compareTo(last) > 0 && begin.compareTo(end) < 0) {
                    out.append('<').append(begin).append('>');
                    last = begin;
                }
                out.append(escaped(piece.text()));
            }
            out.append('\n');
        }
        return out.substring(0, out.length() - 1);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String time(double seconds, char point) {
        long millis = Math.round(seconds * 1000);
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d%c%03d",
                millis / 3_600_000,
                millis / 60_000 % 60,
                millis / 1000 % 60,
                point,
                millis % 1000);
    }
}
