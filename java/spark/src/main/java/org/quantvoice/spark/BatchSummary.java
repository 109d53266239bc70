package org.quantvoice.spark;

import java.util.Locale;
import java.util.Map;

/**
 * The results of a batch.
 *
 * @param recordings number of recordings that the inputs name
 * @param doneBefore number of those that an earlier run had done
 * @param failures the paths of this run's failures, in order, and their reasons
 * @param audioSeconds seconds of audio that this run transcribed
 * @param seconds that transcription took
 * @param model the name in the output's column {@code model}
 */
public record BatchSummary(
        int recordings,
        int doneBefore,
        Map<String, Failure> failures,
        double audioSeconds,
        double seconds,
        String model) {

    /** Returns the number of recordings that this run transcribed. */
    public int heard() {
        return recordings - doneBefore - failures.size();
    }

    /** Returns wall-clock time divided by the time of the audio; NaN if nothing was transcribed. */
    public double realTimeFactor() {
        return audioSeconds > 0 ? seconds / audioSeconds : Double.NaN;
    }

    /**
     * Returns text such as {@code 120 recordings: 117 heard, 2 failed, 1 done before; 0.11 h of audio in 2.1 s (RTF
     * 0.0050)}.
     */
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
