package org.quantvoice.ffmpeg;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the time stamps of a file with the samples that were decoded, so that a pause of the recorder, a lost packet
 * or a late start does not shift the times of words. Stamps that go back, or jump by hours as when a clock is set,
 * start a new count.
 */
final class Timeline {
    private static final Logger LOG = LoggerFactory.getLogger(Timeline.class);
    /**
     * The shortest gap that is filled, in seconds. Shorter ones come from the rounding of stamps and the delays of
     * encoders.
     */
    private static final double MIN_GAP = 0.1;

    /**
     * The shortest gap that is filled behind a damaged packet, in seconds. It does not come from rounding unless it is
     * shorter than the precision of the stamps.
     */
    private static final double MIN_LOSS = 0.005;

    private static final double MAX_GAP = 600;
    /** The most seconds of silence that are filled in, because a file of few bytes can claim endless pauses. */
    private static final double MAX_FILLED = 3_600;

    private final String name;
    private final int rate;
    /** The stamp of sample 0 of the present count, in seconds. */
    private double origin;

    private long counted;
    private double filled;
    private boolean warned;

    /** @param startTime seconds: the stamp at which the file starts */
    Timeline(String name, int rate, double startTime) {
        this.name = name;
        this.rate = rate;
        this.origin = startTime;
    }

    /**
     * @param stamp seconds; NaN where the file has none
     * @param samples of each channel that follow the gap
     * @param lost whether packets before these samples could not be decoded
     * @return how many samples of silence belong before these samples
     */
    long gap(double stamp, int samples, boolean lost) {
        double gap = stamp - origin - (double) counted / rate;
        long silence = 0;
        if (gap > (lost ? MIN_LOSS : MIN_GAP) && gap <= MAX_GAP && filled + gap <= MAX_FILLED) {
            silence = Math.round(gap * rate);
            filled += gap;
            LOG.debug("{}: {} s of silence for a gap in the time stamps", name, gap);
        } else if (Math.abs(gap) > MIN_GAP) {
            origin += gap;
            if (gap > 0 && !warned) {
                warned = true;
                LOG.warn(
                        "{}: a gap of {} s in the time stamps is passed over; times behind it are those of a player "
                                + "that does so too",
                        name,
                        gap);
            }
        }
        counted += silence + samples;
        return silence;
    }
}
