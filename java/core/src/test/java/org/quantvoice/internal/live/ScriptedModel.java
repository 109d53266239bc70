package org.quantvoice.internal.live;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/**
 * A model that does not listen: its frames spell a script, a letter a frame, {@code _} for blank, {@code |} between words,
 * blanks behind the end. Its decoder gives every token the same log-probability, right-to-left half of it.
 */
record ScriptedModel(String script, Runnable onChunk) implements StreamingModel {
    static final int RATE = 16_000;
    static final int FRAME = 640;
    static final double LETTER = -0.5;
    static final Vocabulary VOCABULARY = new Vocabulary(List.of("_", "|", "a", "b", "c"), 0, OptionalInt.of(1), false);

    ScriptedModel(String script) {
        this(script, () -> {});
    }

    TranscriptStream stream(StreamOptions options) {
        return TranscriptStreams.cached(this, VOCABULARY, RATE, options);
    }

    @Override
    public StreamConstants constants() {
        return new StreamConstants(4, 4, 6, 1, 1, true);
    }

    @Override
    public StreamingState open(int chunkFrames, int leftChunks) {
        return new StreamingState() {
            private int at;

            @Override
            public EncodedFrames encode(float[] features, int frames) {
                onChunk.run();
                int count = (frames - 7) / 4 + 1;
                float[] rows = new float[count * VOCABULARY.size()];
                Arrays.fill(rows, (float) Math.log(0.01));
                for (int t = 0; t < count; t++, at++) {
                    String letter = at < script.length() ? script.substring(at, at + 1) : "_";
                    rows[t * VOCABULARY.size() + VOCABULARY.tokens().indexOf(letter)] = (float) Math.log(0.96);
                }
                return new EncodedFrames(new float[count], 1, new LogProbs(rows, count, VOCABULARY.size()));
            }

            @Override
            public void reset() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public DecoderScores decode(List<int[]> hypotheses, float[] encoder, int frames, double reverseWeight) {
        int length = hypotheses.stream().mapToInt(h -> h.length).max().orElse(0) + 1;
        float[] forward = new float[hypotheses.size() * length * VOCABULARY.size()];
        Arrays.fill(forward, (float) LETTER);
        float[] backward = new float[forward.length];
        Arrays.fill(backward, (float) LETTER / 2);
        return new DecoderScores(forward, reverseWeight > 0 ? backward : null, length, VOCABULARY.size());
    }
}
