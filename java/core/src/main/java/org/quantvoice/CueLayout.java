package org.quantvoice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chooses where cues begin: of all ways to divide a speaker's words into cues it takes the one that costs least. A
 * cue costs for being too short to be seen or read, for a pause inside it, and for a cut where there is no pause.
 */
final class CueLayout {
    /** Longest pause in seconds inside a cue. */
    private static final double LONGEST_PAUSE = 1.5;

    private static final double CUE_COST = 2;
    private static final double CUT_COST = 10;
    private static final double CUT_DECAY = 0.3;
    private static final double PAUSE_COST = 8;
    private static final double FREE_PAUSE = 0.3;
    private static final double SHORT_COST = 50;
    private static final double FAST_COST = 2;

    private final List<CueText.Piece> pieces;
    private final SubtitleOptions options;
    private final CueLines lines;

    CueLayout(List<CueText.Piece> pieces, SubtitleOptions options, CueLines lines) {
        this.pieces = pieces;
        this.options = options;
        this.lines = lines;
    }

    /** Returns the first piece of each cue, and behind them the number of pieces. */
    int[] cuts() {
        int n = pieces.size();
        double[] cost = new double[n + 1];
        int[] from = new int[n + 1];
        Arrays.fill(cost, Double.POSITIVE_INFINITY);
        cost[0] = 0;
        for (int i = 0; i < n; i++) {
            double pauses = 0;
            for (int j = i; j < n && fits(i, j); j++) {
                pauses += j > i ? PAUSE_COST * Math.max(0, pause(j) - FREE_PAUSE) : 0;
                double all = cost[i] + pauses + cost(i, j);
                if (all < cost[j + 1]) {
                    cost[j + 1] = all;
                    from[j + 1] = i;
                }
            }
        }
        List<Integer> cuts = new ArrayList<>();
        for (int at = n; at > 0; at = from[at]) {
            cuts.add(0, from[at]);
        }
        cuts.add(n);
        return cuts.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Seconds between a piece and the one before. */
    private double pause(int piece) {
        return pieces.get(piece).start() - pieces.get(piece - 1).end();
    }

    /** Returns whether pieces may be one cue; a single one always may. */
    private boolean fits(int i, int j) {
        if (i == j) {
            return true;
        }
        return pause(j) <= LONGEST_PAUSE
                && pieces.get(j).end() - pieces.get(i).start() <= options.longest()
                && lines.of(pieces.subList(i, j + 1)).size() <= options.lines();
    }

    private double cost(int i, int j) {
        double seconds = end(i, j) - pieces.get(i).start();
        int characters = characters(i, j);
        double cost = CUE_COST;
        if (seconds < options.shortest() - 1e-9) {
            cost += SHORT_COST * (2 - seconds / options.shortest());
        }
        cost += FAST_COST * Math.max(0, characters / Math.max(seconds, 1e-3) - options.charactersPerSecond());
        if (j + 1 < pieces.size()) {
            cost += CUT_COST * Math.exp(-Math.max(0, pause(j + 1)) / CUT_DECAY);
        }
        return cost;
    }

    private int characters(int i, int j) {
        String text = CueText.text(pieces.subList(i, j + 1));
        return text.codePointCount(0, text.length());
    }

    /**
     * Returns the end of a cue in seconds: the end of its pieces, or a later time so that it can be read, but before
     * the next cue begins.
     *
     * @param i the first piece
     * @param j the last piece
     */
    double end(int i, int j) {
        double start = pieces.get(i).start();
        double readable = Math.max(options.shortest(), characters(i, j) / options.charactersPerSecond());
        double wished = Math.max(pieces.get(j).end(), start + readable);
        double room = j + 1 < pieces.size() ? pieces.get(j + 1).start() - options.gap() : Double.POSITIVE_INFINITY;
        return Math.max(start, Math.min(Math.min(wished, room), start + options.longest()));
    }
}
