package org.quantvoice.cli;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.error.AudioFormatException;

/**
 * A recording that ends where the user stops the command, or where it cannot be read any further. The words up to there
 * are written before the failure is reported, unless the reading is strict, which refuses the recording.
 */
final class EarlyEnd implements AudioStream {
    private final AudioStream in;
    private final StopSignal stop;
    private final boolean strict;
    private long read;
    private boolean stopped;
    private @Nullable AudioFormatException failure;

    /** @param strict whether a recording that cannot be read to its end is refused as a whole */
    EarlyEnd(AudioStream in, StopSignal stop, boolean strict) {
        this.in = in;
        this.stop = stop;
        this.strict = strict;
    }

    @Override
    public int read(float[] out, int from, int frames) {
        if (stop.asked()) {
            stopped = true;
            return -1;
        }
        try {
            int count = in.read(out, from, frames);
            read += Math.max(0, count);
            return count;
        } catch (AudioFormatException e) {
            if (strict || read == 0) {
                throw e;
            }
            failure = e;
            return -1;
        }
    }

    /** Returns whether the user stopped the command. */
    boolean stopped() {
        return stopped;
    }

    /** Returns why the recording could not be read further, if so. */
    Optional<AudioFormatException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Returns the seconds that were read. */
    double seconds() {
        return (double) read / sampleRate();
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
    public void close() {
        in.close();
    }
}
