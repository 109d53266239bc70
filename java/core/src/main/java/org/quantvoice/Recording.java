package org.quantvoice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.decode.Word;
import org.quantvoice.error.AudioFormatException;

/** Turns a recording from a stream of samples into a transcript. */
final class Recording implements AutoCloseable {
    private static final int BLOCK = 1 << 14;
    private static final int BLOCKS_A_SECOND = 4;

    private final AudioStream in;
    private final RecordingOptions options;
    private final TranscriptListener listener;
    private final int[] chosen;
    private final List<ChannelTranscriber> channels = new ArrayList<>();
    private final List<Transcript.Segment> segments = new ArrayList<>();
    private final SegmentMerge merge;
    private final float[] block;
    private double position;

    /** @param stream stays open */
    Recording(
            AudioStream stream, RecordingOptions options, TranscriptListener listener, ChannelTranscriber.Parts parts) {
        in = options.channels().isMix() ? stream.mono() : stream;
        this.options = options;
        this.listener = listener;
        chosen = options.channels().of(in.channels(), in.name());
        merge = new SegmentMerge(chosen.length, segment -> {
            segments.add(segment);
            listener.segment(segment);
        });
        for (int c = 0; c < chosen.length; c++) {
            int channel = c;
            String label = options.channels().isSplit() ? Integer.toString(chosen[c] + 1) : null;
            channels.add(new ChannelTranscriber(
                    parts, in.sampleRate(), options, label, segment -> merge.add(channel, segment)));
        }
        int frames = Math.min(BLOCK / in.channels(), in.sampleRate() / BLOCKS_A_SECOND);
        block = new float[Math.max(1, frames) * in.channels()];
    }

    Transcript transcribe() {
        skip();
        long left = (long) Math.min(Long.MAX_VALUE, (options.to() - options.from()) * in.sampleRate());
        while (left > 0 && !channels.stream().allMatch(ChannelTranscriber::isDone)) {
            options.cancellation().check("transcribing " + in.name());
            int frames = in.read(block, 0, (int) Math.min(left, block.length / in.channels()));
            if (frames < 0) {
                break;
            }
            feed(frames);
            left -= frames;
        }
        if (channels.get(0).samples() == 0) {
            throw new AudioFormatException(
                    in.name() + ": audio of 0 samples", "at least one sample", "check the recording and the times");
        }
        options.cancellation().check("transcribing " + in.name());
        return finish();
    }

    private void skip() {
        long left = Math.round(options.from() * in.sampleRate());
        while (left > 0) {
            options.cancellation().check("transcribing " + in.name());
            int frames = in.read(block, 0, (int) Math.min(left, block.length / in.channels()));
            if (frames < 0) {
                throw new AudioFormatException(
                        in.name() + ": a recording that ends before " + options.from() + " s",
                        "one that goes on there",
                        "begin at an earlier time");
            }
            left -= frames;
        }
    }

    private void feed(int frames) {
        for (int c = 0; c < chosen.length; c++) {
            float[] samples = new float[frames];
            for (int i = 0; i < frames; i++) {
                samples[i] = block[i * in.channels() + chosen[c]];
            }
            channels.get(c).accept(samples);
        }
        merge.release(channels.stream().mapToDouble(ChannelTranscriber::settled).toArray());
        report(channels.stream().mapToDouble(ChannelTranscriber::position).min().orElseThrow());
    }

    private void report(double reached) {
        if (reached > position) {
            position = reached;
            listener.position(reached);
        }
    }

    private Transcript finish() {
        List<List<Transcript.Alternative>> readings =
                channels.stream().map(ChannelTranscriber::finish).toList();
        double[] all = new double[chosen.length];
        Arrays.fill(all, Double.POSITIVE_INFINITY);
        merge.release(all);
        double seconds = (double) channels.get(0).samples() / in.sampleRate();
        listener.position(options.from() + seconds);
        return new Transcript(chosen.length == 1 ? readings.get(0) : merged(readings), seconds, segments);
    }

    /**
     * Returns one alternative: those of several channels cannot be combined, so the best ones of all channels are
     * merged.
     */
    private List<Transcript.Alternative> merged(List<List<Transcript.Alternative>> readings) {
        String text = segments.stream().map(Transcript.Segment::text).collect(Collectors.joining(" "));
        List<Word> words = segments.stream().flatMap(s -> s.words().stream()).toList();
        double score = readings.stream().mapToDouble(r -> r.get(0).score()).sum();
        return List.of(new Transcript.Alternative(text, words, score));
    }

    @Override
    public void close() {
        channels.forEach(ChannelTranscriber::close);
    }
}
