package org.quantvoice.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * The counters that Spark's pages show during a run. If an executor is lost with its results, Spark repeats tasks that
 * had ended, and these count again; so the summary does not use these counters.
 */
final class Meters implements Serializable {
    private static final long serialVersionUID = 1L;

    private final DoubleAccumulator hours;
    private final DoubleAccumulator taskHours;
    private final LongAccumulator failures;

    Meters(SparkContext spark) {
        hours = spark.doubleAccumulator("QuantVoice: hours of audio heard");
        taskHours = spark.doubleAccumulator("QuantVoice: hours of tasks, hearing (with the former: RTF)");
        failures = spark.longAccumulator("QuantVoice: pieces that failed");
    }

    void add(Piece piece, HeardPiece heard) {
        if (heard.error() == null) {
            hours.add(piece.seconds() / 3600);
        } else {
            failures.add(1);
        }
        taskHours.add(heard.busySeconds() / 3600);
    }

    double hours() {
        return hours.sum();
    }
}
