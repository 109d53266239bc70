package org.quantvoice.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerScope;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioSource;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.error.TruncatedAudioException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An audio track as samples with the rate and channels of its first frame, aligned with the time stamps of the file.
 */
final class FfmpegStream implements AudioStream {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegStream.class);
    /**
     * A recording that is shorter than its header claims by more than this is taken for broken off; the delays of
     * encoders and last packets are shorter.
     */
    private static final double MISSING_SECONDS = 0.5;
    /** Limit for codecs without delay, which lose no samples; the clocks of some containers count milliseconds. */
    private static final double MISSING_SECONDS_EXACT = 0.02;

    private final AudioSource source;
    private final Demuxer demuxer;
    private final TrackDecoder decoder;
    private final int sampleRate;
    private final int channels;
    private final OptionalDouble duration;
    private final FrameConverter converter;
    private final Timeline timeline;
    private float[] ready = {};
    private int next;
    private long damagedBefore;
    private long silence;
    private long delivered;
    private boolean ended;
    private boolean closed;

    FfmpegStream(AudioSource source, AudioOptions options) {
        this.source = source;
        try (PointerScope scope = new PointerScope()) {
            this.demuxer = new Demuxer(source, options);
            this.decoder = open(options.strict());
            AVFrame first = firstFrame();
            this.sampleRate = first.sample_rate();
            this.channels = first.ch_layout().nb_channels();
            this.duration = demuxer.duration();
            this.timeline = new Timeline(source.name(), sampleRate, demuxer.startTime());
            this.converter = new FrameConverter(source.name(), sampleRate, channels);
            take(first);
        }
    }

    private TrackDecoder open(boolean strict) {
        try {
            return new TrackDecoder(source, demuxer, strict);
        } catch (RuntimeException e) {
            demuxer.close();
            throw e;
        }
    }

    private AVFrame firstFrame() {
        try {
            AVFrame first = decoder.next();
            if (first == null || first.ch_layout().nb_channels() < 1 || first.sample_rate() < 1) {
                String damage = decoder.lastDamage();
                throw source.failure(
                        "a track without a sample" + (damage == null ? "" : ": " + damage),
                        "audio that can be decoded",
                        source.seekable()
                                ? "fetch the file again: it is empty, truncated or damaged"
                                : "pass the file itself if this is a pipe: the index of some files is at their end");
            }
            return first;
        } catch (RuntimeException e) {
            free();
            throw e;
        }
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public int sampleRate() {
        return sampleRate;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public OptionalLong frames() {
        return duration.isPresent()
                ? OptionalLong.of(Math.round(duration.getAsDouble() * sampleRate))
                : OptionalLong.empty();
    }

    @Override
    public int read(float[] out, int from, int frames) {
        if (closed) {
            throw new IllegalStateException("got read of " + name() + " after close; expected an open stream");
        }
        while (silence == 0 && next == ready.length) {
            if (ended) {
                return -1;
            }
            advance();
        }
        int count;
        if (silence > 0) {
            count = (int) Math.min(frames, silence);
            Arrays.fill(out, from, from + count * channels, 0f);
            silence -= count;
        } else {
            count = Math.min(frames, (ready.length - next) / channels);
            System.arraycopy(ready, next, out, from, count * channels);
            next += count * channels;
        }
        delivered += count;
        return count;
    }

    private void advance() {
        try (PointerScope scope = new PointerScope()) {
            AVFrame frame = decoder.next();
            if (frame == null) {
                end();
            } else {
                take(frame);
            }
        }
    }

    private void take(AVFrame frame) {
        ready = converter.convert(frame);
        next = 0;
        long pts = frame.best_effort_timestamp();
        AVRational base = demuxer.stream().time_base();
        double seconds = pts == AV_NOPTS_VALUE ? Double.NaN : (double) pts * base.num() / base.den();
        silence = timeline.gap(seconds, ready.length / channels, decoder.damaged() > damagedBefore);
        damagedBefore = decoder.damaged();
    }

    private void end() {
        ended = true;
        ready = converter.finish();
        next = 0;
        String damage = decoder.lastDamage();
        double claimed = duration.orElse(0);
        double read = (double) delivered / sampleRate;
        if (decoder.damaged() > (damage == null ? 0 : 1)) {
            LOG.warn("{}: {} damaged packets were left out", name(), decoder.damaged());
        }
        double allowed = demuxer.isWithoutDelay() ? MISSING_SECONDS_EXACT : MISSING_SECONDS;
        if (damage != null || claimed - read > allowed) {
            throw new TruncatedAudioException(
                    source.name() + ": "
                            + (damage != null ? damage : "an end where the header claims " + claimed + " s"),
                    "a recording as long as its header claims, of whole packets",
                    "fetch or record the file again: it is truncated");
        }
    }

    private void free() {
        decoder.close();
        demuxer.close();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            free();
            source.close();
        }
    }
}
