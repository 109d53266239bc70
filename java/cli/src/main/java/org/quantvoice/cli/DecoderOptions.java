package org.quantvoice.cli;

import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.PrefixBeam;
import picocli.CommandLine.Option;

/** How words are found in the output of a model. */
final class DecoderOptions {
    @Option(names = "--greedy", order = 30, description = "Take the most probable token of each frame; no search.")
    private boolean greedy;

    @Option(
            names = "--beam",
            paramLabel = "N",
            defaultValue = "100",
            converter = RunOptions.Positive.class,
            order = 31,
            description = "Width of the prefix beam search (default: ${DEFAULT-VALUE}).")
    private int beam;

    void apply(QuantSessionBuilder builder, int nbest) {
        if (greedy) {
            builder.decoder(GreedyDecoder::with);
        } else {
            BeamOptions options =
                    BeamOptions.builder().beamWidth(beam).nbest(nbest).build();
            builder.decoder(vocabulary -> PrefixBeam.with(vocabulary, options));
        }
    }

    String describe() {
        return greedy ? "greedy" : "prefix beam " + beam;
    }
}
