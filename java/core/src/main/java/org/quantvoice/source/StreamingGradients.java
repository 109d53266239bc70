package org.quantvoice.source;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.engine.Progress;

/** Differentiates an open streaming model for {@link org.quantvoice.quant.ScaleObjective#HESSIAN}. For one thread at a time. */
public interface StreamingGradients {

    /**
     * A recording as a stream hears it.
     *
     * @param chunks features of each chunk, {@code [frames, melBins]}; empty if the recording is shorter than a frame
     * @param keys shape of the attention cache before the first chunk, whose one key is zeros and is forgotten after it
     * @param convolution shape of the convolution cache, zeros before the first chunk
     * @param history encoder frames that a chunk looks back
     * @param hypothesis tokens that the attention decoders score, without the one that begins it and the one that ends it
     */
    @SuppressWarnings("ArrayRecordComponent") // recordings are never compared
    record Recording(List<float[]> chunks, long[] keys, long[] convolution, int history, int[] hypothesis) {}

    /**
     * Computes the gradient of the loss with respect to every output value of layers. The loss of a recording is the CTC loss of
     * the tokens that greedy decoding of the CTC layer's own output gives, and the negative log-probability of the hypothesis in
     * each attention decoder.
     *
     * @param part index in {@link StreamingGraphs#all()} of the graph that has the layers
     * @param layers paths of modules that run a linear layer or a convolution
     * @param blank index of the blank among the tokens
     * @param progress notified before each recording
     * @return one map for each run of the part, recording after recording: of the encoder for each chunk, of the others for each
     *     recording that has one; by path, an array for each call of such a layer in the module, row-major like its output
     * @throws org.quantvoice.error.QuantizationException if the model lacks a path
     * @throws org.quantvoice.error.UnsupportedOperatorException if the model cannot be differentiated, or the loss does not
     *     depend on a layer
     */
    List<Map<String, List<float[]>>> of(
            int part, List<Recording> recordings, Set<String> layers, int blank, int threads, Progress progress);
}
