package org.quantvoice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A transcript cut into cues. A cue ends before a pause of more than 1.5 s, before it would last longer than 7 s, and
 * before its words would not fit two lines of 42 columns; a
 * Chinese or Japanese character takes two. A word between spaces that is longer than a line stays whole; scripts without
 * spaces are cut between characters.
 */
record Subtitles(List<Cue> cues) {
    private static final int LINE = 42;
    private static final int LINES = 2;
    private static final double LONGEST = 7;
    private static final double PAUSE = 1.5;
    /** A cue stays at least so long, if the next one does not begin before. */
    private static final double SHORTEST = 1;

    record Cue(double start, double end, List<String> lines) {}

    static Subtitles of(Transcript transcript) {
        List<List<CueText.Piece>> groups = groups(CueText.pieces(transcript.words()));
        List<Cue> cues = new ArrayList<>(groups.size());
        for (int i = 0; i < groups.size(); i++) {
            List<CueText.Piece> pieces = groups.get(i);
            double start = pieces.get(0).start();
            double end = pieces.get(pieces.size() - 1).end();
            double next = i + 1 < groups.size() ? groups.get(i + 1).get(0).start() : Double.POSITIVE_INFINITY;
            cues.add(new Cue(start, Math.max(end, Math.min(start + SHORTEST, next)), lines(pieces)));
        }
        return new Subtitles(cues);
    }

    private static List<List<CueText.Piece>> groups(List<CueText.Piece> pieces) {
        List<List<CueText.Piece>> groups = new ArrayList<>();
        List<CueText.Piece> open = new ArrayList<>();
        for (CueText.Piece piece : pieces) {
            if (!open.isEmpty() && breaksBefore(piece, open)) {
                groups.add(open);
                open = new ArrayList<>();
            }
            open.add(piece);
        }
        if (!open.isEmpty()) {
            groups.add(open);
        }
        return groups;
    }

    private static boolean breaksBefore(CueText.Piece piece, List<CueText.Piece> open) {
        if (piece.start() - open.get(open.size() - 1).end() > PAUSE
                || piece.end() - open.get(0).start() > LONGEST) {
            return true;
        }
        List<CueText.Piece> longer = new ArrayList<>(open);
        longer.add(piece);
        return lines(longer).size() > LINES;
    }

    private static List<String> lines(List<CueText.Piece> pieces) {
        List<String> lines = new ArrayList<>();
        List<CueText.Piece> line = new ArrayList<>();
        for (CueText.Piece piece : pieces) {
            line.add(piece);
            if (line.size() > 1 && CueText.width(line) > LINE) {
                line.remove(line.size() - 1);
                lines.add(CueText.text(line));
                line.clear();
                line.add(piece);
            }
        }
        lines.add(CueText.text(line));
        return lines;
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
            out.append(cue.lines().stream().map(Subtitles::escaped).collect(Collectors.joining("\n")));
            out.append("\n\n");
        }
        return out.toString();
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
