package org.quantvoice.audio;

import org.quantvoice.error.AudioFormatException;

/**
 * Options for reading recordings.
 *
 * @param strict whether a recording that breaks off is refused; otherwise it is read up to there, and the log warns
 * @param track number of the audio track that is read, from 1
 */
public record AudioOptions(boolean strict, int track) {
    /**
     * Default options: the first track is read, and a recording that breaks off is read up to there, with a warning.
     */
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
