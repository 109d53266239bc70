package org.quantvoice.spark;

import java.util.Locale;
import java.util.Map;

/**
 * What a batch did.
 *
 * @param recordings that the inputs name
 * @param doneBefore of them, those that an earlier run had done
 * @param failures paths of this run's failures, in order, and why
 * @param audioSeconds that were heard in this run
 * @param seconds that hearing took
 * @param model as in the output's column {@code model}
 */
public record BatchSummary(
        int recordings,
        int doneBefore,
        Map<String, Failure> failures,
        double audioSeconds,
        double seconds,
        String model) {

    /** Recordings that this run heard. */
    public int heard() {
        return recordings - doneBefore - failures.size();
    }

    /** Wall-clock time over the time of the audio; NaN if nothing was heard. */
    public double realTimeFactor() {
        return audioSeconds > 0 ? seconds / audioSeconds : Double.NaN;
    }

    /** {@code 120 recordings: 117 heard, 2 failed, 1 done before; 0.11 h of audio in 2.1 s (RTF 0.0050)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d recordings: %d heard, %d failed, %d done before; %.2f h of audio in %.1f s (RTF %.4f), %s",
                recordings,
                heard(),
                failures.size(),
                doneBefore,
                audioSeconds / 3600,
                seconds,
                realTimeFactor(),
                model);
    }
}
