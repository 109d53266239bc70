package org.quantvoice;

import java.util.OptionalLong;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioStream;

/** A stream of audio that is in memory as a whole. */
final class SamplesStream implements AudioStream {
    private final Audio audio;
    private int next;

    SamplesStream(Audio audio) {
        this.audio = audio;
    }

    @Override
    public String name() {
        return "the audio";
    }

    @Override
    public int sampleRate() {
        return audio.sampleRate();
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public OptionalLong frames() {
        return OptionalLong.of(audio.samples().length);
    }

    @Override
    public int read(float[] out, int from, int frames) {
        int count = Math.min(frames, audio.samples().length - next);
        if (count == 0) {
            return -1;
        }
        System.arraycopy(audio.samples(), next, out, from, count);
        next += count;
        return count;
    }

    @Override
    public void close() {}
}
