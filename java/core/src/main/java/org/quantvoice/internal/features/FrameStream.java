package org.quantvoice.internal.features;

import org.quantvoice.error.AudioFormatException;

/**
 * Computes the log-mel frames of a stream of samples, before the steps that need the whole utterance. Kaldi's and LASR's
 * frames begin at multiples of the hop, and only complete ones count. NeMo's and Whisper's have their middle there, and there
 * are as many as complete hops; NeMo's signal is 0 before its first and behind its last sample, Whisper's is reflected. Pre-emphasis is
 * that of the whole signal; Kaldi, which takes it and the mean off each frame, begins its window with 0, so it is the same but for
 * the mean. The frames are bit-equal however the samples are split into calls. For one thread.
 */
final class FrameStream {
    private final FrontEnd settings;
    private final LogMel mel;
    private final boolean whisper;
    private final boolean centred;
    /** Samples that the first frame covers before the first of the stream. */
    private final int lead;

    private final SampleWindow samples = new SampleWindow();
    private long frames;

    FrameStream(FrontEnd settings) {
        this.settings = settings;
        this.mel = LogMel.of(settings);
        this.whisper = settings.kind() == FrontEnd.Kind.WHISPER;
        this.centred = whisper || settings.kind() == FrontEnd.Kind.NEMO;
        this.lead = centred ? settings.fft() / 2 - (settings.fft() - settings.window()) / 2 : 0;
    }

    /** Returns the number of frames that the next samples would complete. */
    int ready(int more) {
        return Math.toIntExact(complete(samples.end() + more) - frames);
    }

    /** Returns the number of frames of a stream that ended after this many further samples, without those written before. */
    int left(int more) {
        long end = samples.end() + more;
        return Math.toIntExact((centred ? Math.max(complete(end), end / settings.hop()) : complete(end)) - frames);
    }

    private long complete(long end) {
        // Whisper's first frames look back over the beginning, and so need as much behind it.
        long beyond = lead + end - settings.window() - (whisper && frames == 0 && end == lead ? 1 : 0);
        return beyond < 0 ? frames : Math.max(frames, beyond / settings.hop() + 1);
    }

    /** Takes the next samples and writes {@link #ready} frames. */
    void accept(float[] next, int offset, int length, float[] out, int at) {
        requireFinite(next, offset, length);
        int count = ready(length);
        samples.append(next, offset, length);
        write(count, out, at);
        long needed = frames * settings.hop() - lead - 1;
        samples.keep(whisper ? Math.min(needed, samples.end() - settings.fft()) : needed);
    }

    /** Ends the stream and writes the frames {@link #left}. */
    void finish(float[] out, int at) {
        write(left(0), out, at);
    }

    /** Begins a new stream. */
    void reset() {
        samples.clear();
        frames = 0;
    }

    private void requireFinite(float[] next, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (!Float.isFinite(next[i])) {
                throw new AudioFormatException(
                        "sample " + (samples.end() + i - offset) + " = " + next[i],
                        "finite numbers in [-1, 1]",
                        "check what made the samples");
            }
        }
    }

    private void write(int count, float[] out, int at) {
        if (count == 0) {
            return;
        }
        LogMel.Batch batch = mel.take();
        for (int done = 0; done < count; ) {
            int some = Math.min(LogMel.FRAMES, count - done);
            read(batch, settings.window() + (some - 1) * settings.hop());
            if (settings.kind() == FrontEnd.Kind.KALDI) {
                setMeans(batch, some);
            }
            batch.write(some, out, at + done * settings.bins());
            done += some;
            frames += some;
        }
        mel.give(batch);
    }

    /** Reads the signal of the next frames. */
    private void read(LogMel.Batch batch, int length) {
        long start = frames * settings.hop() - lead;
        long from = Math.max(start - 1, 0);
        long to = Math.max(from, Math.min(start + length, samples.end()));
        double[] raw = batch.samples;
        for (long place = start - 1; place < from; place++) {
            raw[(int) (place - start + 1)] = outside(place);
        }
        samples.read(from, to, raw, (int) (from - start + 1));
        for (long place = to; place < start + length; place++) {
            raw[(int) (place - start + 1)] = outside(place);
        }
        double share = settings.preEmphasis();
        double[] signal = batch.signal;
        for (int i = 0; i < length; i++) {
            signal[i] = raw[i + 1] - share * raw[i];
        }
        if (!whisper && to < start + length) {
            signal[(int) (to - start)] = 0; // the last sample's share is not taken off what is no sample
        }
    }

    /** Whisper's signal turns round at its first sample and, once it is known, at its last; that of others is 0. */
    private double outside(long place) {
        if (!whisper) {
            return 0;
        }
        long last = samples.end() - 1;
        long at = place;
        while (at < 0 || at > last) {
            at = last == 0 ? 0 : at < 0 ? -at : 2 * last - at;
        }
        return samples.at(at);
    }

    private void setMeans(LogMel.Batch batch, int count) {
        double rest = (1 - settings.preEmphasis()) / settings.window();
        for (int frame = 0; frame < count; frame++) {
            batch.offsets[frame] = rest * sum(batch.samples, 1 + frame * settings.hop(), settings.window());
        }
    }

    /** Returns the sum, added in four independent parts, which the processor computes in parallel. */
    private static double sum(double[] values, int from, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i + 3 < from + count; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < from + count; i++) {
            a += values[i];
        }
        return a + b + (c + d);
    }
}
