package org.quantvoice.cli.option;

import org.jspecify.annotations.Nullable;
import org.quantvoice.quant.StreamSettings;
import picocli.CommandLine.Option;

/** The options that say how a model with caches runs chunk by chunk. */
public final class StreamSettingsOptions {
    @Option(
            names = "--chunk",
            paramLabel = "N",
            order = 41,
            converter = RunOptions.Positive.class,
            description = "Live: encoder frames of a chunk (default: what the model says, else 16).")
    private @Nullable Integer chunk;

    @Option(
            names = "--left",
            paramLabel = "N",
            order = 42,
            description = "Live: chunks that attention looks back; -1: all (default: what the model says, else -1).")
    private @Nullable Integer left;

    @Option(
            names = "--ctc-weight",
            paramLabel = "X",
            order = 43,
            description = "Live: weight of the first pass in the second (default: what the model says, else 0.5).")
    private @Nullable Double ctcWeight;

    @Option(
            names = "--reverse-weight",
            paramLabel = "X",
            order = 44,
            description = "Live: share of the right-to-left decoder, 0 to 1 (default: what the model says, else 0).")
    private @Nullable Double reverseWeight;

    public boolean any() {
        return chunk != null || left != null || ctcWeight != null || reverseWeight != null;
    }

    /** Returns whether a weight of the second pass is given. */
    boolean weighs() {
        return ctcWeight != null || reverseWeight != null;
    }

    public StreamSettings over(StreamSettings usual) {
        return new StreamSettings(
                chunk == null ? usual.chunkFrames() : chunk,
                left == null ? usual.leftChunks() : left,
                ctcWeight == null ? usual.ctcWeight() : ctcWeight,
                reverseWeight == null ? usual.reverseWeight() : reverseWeight);
    }
}
