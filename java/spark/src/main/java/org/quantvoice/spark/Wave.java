package org.quantvoice.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * The pieces that are transcribed and written together. All pieces of a recording are in one wave. Each bin is a task,
 * the longest first.
 *
 * @param cut bins of parts of recordings
 * @param whole bins of whole recordings
 * @param seconds of audio, approximately
 */
record Wave(List<ArrayList<Row>> cut, List<ArrayList<Row>> whole, double seconds) {
    /** The least seconds of audio of a bin, because Spark itself needs some milliseconds per task. */
    private static final double LEAST_BIN = 30;

    private static final int BINS_A_CORE = 12;
    /** The cost of opening a file, in seconds of audio. */
    private static final double OVERHEAD = 1;

    /**
     * Returns the pieces in the order in which they are transcribed: the longest first, those of a recording together.
     */
    static List<Piece> ordered(List<Piece> pieces) {
        return pieces.stream()
                .sorted(Comparator.comparingDouble(Piece::seconds)
                        .reversed()
                        .thenComparing(Piece::path)
                        .thenComparingInt(Piece::part))
                .toList();
    }

    /**
     * Returns the next wave.
     *
     * @param pieces in the order of {@link #ordered}
     * @param first index of its first piece
     * @param budget seconds of audio that the wave should have
     * @param cores number of cores that work in parallel
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

    /** Returns how many pieces it has. */
    int pieces() {
        return cut.stream().mapToInt(List::size).sum()
                + whole.stream().mapToInt(List::size).sum();
    }
}
