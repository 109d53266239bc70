package org.quantvoice.internal.quantize;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.source.Gradients;

/** Gradients of the loss at the outputs of one graph's layers, for all recordings of a request. */
public interface LayerGradients {

    /**
     * @param paths of modules
     * @param blank index of the blank among the tokens
     * @return one map for each run of the graph, recording after recording; by path, an array for each call of a layer
     */
    List<Map<String, List<float[]>>> of(Set<String> paths, int blank);

    /** Elements of a value in all runs of a recording, as {@link PieceRun#elements} counts them. */
    long elements(Value value, int samples);

    /** Gradients of a model of whole utterances. */
    static LayerGradients whole(Graph graph, Gradients gradients, ModelRequest request) {
        PieceRun counted = PieceRun.whole(graph, (samples, taps) -> Map.of());
        return new LayerGradients() {
            @Override
            public List<Map<String, List<float[]>>> of(Set<String> paths, int blank) {
                return gradients.of(request.calibration(), paths, blank, request.threads(), request.progress());
            }

            @Override
            public long elements(Value value, int samples) {
                return counted.elements(value, samples);
            }
        };
    }
}
