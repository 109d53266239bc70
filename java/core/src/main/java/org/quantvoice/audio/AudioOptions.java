package org.quantvoice.audio;

import org.quantvoice.error.AudioFormatException;

/**
 * How recordings are read.
 *
 * @param strict whether a recording that breaks off is refused; else what stands before is read, and the log warns
 * @param track which audio track of a file is read, counted from 1
 */
public record AudioOptions(boolean strict, int track) {
    /** The first track; a recording that breaks off is read up to there, with a warning. */
    public static final AudioOptions DEFAULT = new AudioOptions(false, 1);

    public AudioOptions {
        if (track < 1) {
            throw new AudioFormatException("track " + track, "1 or more", "count audio tracks from 1");
        }
    }

    public AudioOptions withStrict(boolean refuses) {
        return new AudioOptions(refuses, track);
    }

    public AudioOptions withTrack(int number) {
        return new AudioOptions(strict, number);
    }
}
