package org.quantvoice.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Pieces that are heard and written together, those of one recording in one wave; each bin is a task, the longest first.
 *
 * @param cut bins of parts of recordings
 * @param whole bins of whole recordings
 * @param seconds of audio, about
 */
record Wave(List<ArrayList<Row>> cut, List<ArrayList<Row>> whole, double seconds) {
    /** A task takes some milliseconds of Spark's own, so it should have something to do. */
    private static final double LEAST_BIN = 30;

    private static final int BINS_A_CORE = 12;
    /** What opening a file costs beside its length, in seconds of audio. */
    private static final double OVERHEAD = 1;

    /** The order in which pieces are heard: the longest first, those of a recording together. */
    static List<Piece> ordered(List<Piece> pieces) {
        return pieces.stream()
                .sorted(Comparator.comparingDouble(Piece::seconds)
                        .reversed()
                        .thenComparing(Piece::path)
                        .thenComparingInt(Piece::part))
                .toList();
    }

    /**
     * The next wave.
     *
     * @param pieces as {@link #ordered} gives them
     * @param first index of its first piece
     * @param budget seconds of audio that it should have
     * @param cores that hear at once
     */
    static Wave next(List<Piece> pieces, int first, double budget, int cores) {
        double seconds = 0;
        int end = first;
        while (end < pieces.size() && (seconds < budget || pieces.get(end).part() > 0)) {
            seconds += weight(pieces.get(end));
            end++;
        }
        List<Piece> own = pieces.subList(first, end);
        double bin = Math.max(LEAST_BIN, seconds / (BINS_A_CORE * (double) cores));
        return new Wave(
                bins(own.stream().filter(p -> p.parts() > 1).toList(), bin),
                bins(own.stream().filter(p -> p.parts() == 1).toList(), bin),
                seconds);
    }

    private static List<ArrayList<Row>> bins(List<Piece> pieces, double longest) {
        List<ArrayList<Row>> bins = new ArrayList<>();
        double filled = Double.POSITIVE_INFINITY;
        for (Piece piece : pieces) {
            double seconds = weight(piece);
            if (filled + seconds > longest) {
                bins.add(new ArrayList<>());
                filled = 0;
            }
            bins.get(bins.size() - 1).add(piece.toRow());
            filled += seconds;
        }
        return bins;
    }

    private static double weight(Piece piece) {
        return Math.max(0, piece.seconds()) + OVERHEAD;
    }

    /** How many pieces it has. */
    int pieces() {
        return cut.stream().mapToInt(List::size).sum()
                + whole.stream().mapToInt(List::size).sum();
    }
}
