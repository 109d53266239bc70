package org.quantvoice.internal.export;

import java.util.Map;
import java.util.Objects;
import org.quantvoice.graph.Graph;

/**
 * One graph of a model. A CTC model has one, a streaming model several.
 *
 * @param role what it computes
 * @param graph the graph, which stays the model's
 * @param facts what a caller of this part must know, e.g. the subsampling rate
 */
public record ModelPart(Role role, Graph graph, Map<String, String> facts) {

    public ModelPart {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(graph, "graph");
        facts = Map.copyOf(facts);
    }

    /** What a graph computes. */
    public enum Role {
        /** Waveform {@code [batch, samples]} to log-probabilities {@code [batch, frames, vocabulary]}. */
        CTC_MODEL("model"),
        /**
         * Features of a chunk {@code [1, T, melBins]}, attention cache {@code [layers, heads, C, 2 K]}, convolution cache,
         * and the scalar {@code offset}, to encoder output and both caches.
         */
        ENCODER_CHUNK("encoder"),
        /** Encoder output {@code [1, S, width]} to log-probabilities. */
        CTC_HEAD("ctc"),
        /** Hypotheses {@code [N, L]}, their lengths {@code [N]}, encoder output {@code [1, S, width]} to log-probabilities. */
        ATTENTION_DECODER("decoder"),
        /** The same of the right-to-left decoder, which reverses the hypotheses itself; the longest fills its row. */
        REVERSE_DECODER("decoder_reverse");

        private final String fileName;

        Role(String fileName) {
            this.fileName = fileName;
        }

        /** Name of its file without ending, where each part has a file. */
        public String fileName() {
            return fileName;
        }
    }
}
