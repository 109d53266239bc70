package org.quantvoice.audio;

import java.util.Locale;
import java.util.OptionalLong;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.TruncatedAudioException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enforces for every decoder's stream that rates and samples are valid, that errors name the time at which they
 * occurred, and that a recording that breaks off ends there with a warning, or is refused in strict mode.
 */
final class GuardedStream implements AudioStream {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedStream.class);
    static final int MAX_CHANNELS = 1_024;

    private final AudioStream in;
    private final boolean strict;
    private long read;
    private boolean ended;

    GuardedStream(AudioStream in, boolean strict) {
        this.in = in;
        this.strict = strict;
        int rate = in.sampleRate();
        if (rate < 1 || rate > Audio.MAX_RATE) {
            throw fail("a sample rate of " + rate + " Hz", "1 to " + Audio.MAX_RATE + " Hz", "check the file's header");
        }
        if (in.channels() < 1 || in.channels() > MAX_CHANNELS) {
            throw fail(in.channels() + " channels", "1 to " + MAX_CHANNELS, "check the file's header");
        }
    }

    private AudioFormatException fail(String got, String expected, String cure) {
        return new AudioFormatException(in.name() + ": " + got, expected, cure);
    }

    @Override
    public String name() {
        return in.name();
    }

    @Override
    public int sampleRate() {
        return in.sampleRate();
    }

    @Override
    public int channels() {
        return in.channels();
    }

    @Override
    public OptionalLong frames() {
        return in.frames();
    }

    @Override
    public int read(float[] out, int from, int frames) {
        if (frames < 1) {
            throw fail("a request for " + frames + " frames", "1 or more", "pass a longer array");
        }
        if (ended) {
            return -1;
        }
        int count = readOrEnd(out, from, frames);
        if (count < 0) {
            ended = true;
            return -1;
        }
        checkFinite(out, from, count);
        read += count;
        return count;
    }

    private int readOrEnd(float[] out, int from, int frames) {
        try {
            return in.read(out, from, frames);
        } catch (TruncatedAudioException e) {
            if (strict || read == 0) {
                throw new TruncatedAudioException(placed(e), e.expected(), e.cure(), e);
            }
            LOG.warn("{}; what stands before is read, the rest is missing", placed(e));
            return -1;
        } catch (AudioFormatException e) {
            throw new AudioFormatException(placed(e), e.expected(), e.cure(), e);
        }
    }

    private String placed(AudioFormatException e) {
        return String.format(Locale.ROOT, "%s (%.3f s into the recording)", e.got(), (double) read / in.sampleRate());
    }

    private void checkFinite(float[] out, int from, int count) {
        for (int i = 0; i < count * in.channels(); i++) {
            if (!Float.isFinite(out[from + i])) {
                throw fail(
                        "sample " + (read + i / in.channels()) + " = " + out[from + i],
                        "finite numbers in [-1, 1]",
                        "check what made the samples");
            }
        }
    }

    @Override
    public void close() {
        in.close();
    }
}
