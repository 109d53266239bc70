package org.quantvoice.ffmpeg;

import org.quantvoice.audio.AudioDecoder;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioSource;
import org.quantvoice.audio.AudioStream;

/**
 * Reads an audio track of the formats that FFmpeg recognises: MP3, AAC and M4A, Ogg Vorbis and Opus, WebM, Matroska,
 * MP4, AMR, WMA, AIFF, AU, CAF, AVI, MPEG streams, and WAV with codecs that the SDK lacks. {@link AudioOptions#track()}
 * counts the audio tracks of a file.
 *
 * <p>The samples are those that {@code ffmpeg -f f32le} writes, with two differences that keep times true: a gap in the
 * recording's time stamps is filled with silence, and a rate or number of channels that changes midway is converted to
 * the first. A packet that cannot be decoded is left out, with its time kept and a warning; in strict mode it is
 * refused.
 */
public final class FfmpegDecoder implements AudioDecoder {
    @Override
    public String name() {
        return "ffmpeg";
    }

    /**
     * Returns true for every file. FFmpeg looks at more of a file than its head, so {@link #open} refuses what it
     * cannot read.
     */
    @Override
    public boolean accepts(byte[] head) {
        return true;
    }

    @Override
    public AudioStream open(AudioSource source, AudioOptions options) {
        try {
            return new FfmpegStream(source, options);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }
}
