package org.quantvoice.internal.export;

import java.util.Map;
import java.util.Objects;
import org.quantvoice.graph.Graph;

/**
 * One graph of a model. A CTC model has one, a streaming model several.
 *
 * @param role its computation
 * @param graph the graph, which the model still owns
 * @param facts facts that a caller of this part needs, e.g. the subsampling rate
 */
public record ModelPart(Role role, Graph graph, Map<String, String> facts) {

    public ModelPart {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(graph, "graph");
        facts = Map.copyOf(facts);
    }

    /** Computations of graphs. */
    public enum Role {
        /** Turns a waveform {@code [batch, samples]} into log-probs {@code [batch, frames, vocabulary]}. */
        CTC_MODEL("model"),
        /**
         * Turns features of a chunk {@code [1, T, melBins]}, attention cache {@code [layers, heads, C, 2 K]},
         * convolution cache, and the scalar {@code offset}, into encoder output and both caches.
         */
        ENCODER_CHUNK("encoder"),
        /** Turns encoder output {@code [1, S, width]} into log-probs. */
        CTC_HEAD("ctc"),
        /**
         * Turns hypotheses {@code [N, L]}, their lengths {@code [N]} and encoder output {@code [1, S, width]} into
         * log-probs.
         */
        ATTENTION_DECODER("decoder"),
        /**
         * Does the same with the right-to-left decoder, which reverses the hypotheses itself; the longest hypothesis
         * fills its row.
         */
        REVERSE_DECODER("decoder_reverse");

        private final String fileName;

        Role(String fileName) {
            this.fileName = fileName;
        }

        /** Returns the name of the part's file without suffix, if each part has a file. */
        public String fileName() {
            return fileName;
        }
    }
}
