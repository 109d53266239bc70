package org.quantvoice.source;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;

/** Differentiates an open model for {@link org.quantvoice.quant.ScaleObjective#HESSIAN}. For one thread at a time. */
public interface Gradients {

    /**
     * Computes the gradient of the loss with respect to every output value of layers. The loss is the CTC loss of the
     * tokens that greedy decoding of the model's own output gives, summed over the recording; if decoding gives no
     * token, it is the loss of the empty text.
     *
     * @param layers paths of modules that run a linear layer or a convolution
     * @param blank index of the blank in the model's last axis
     * @param progress notified before each recording
     * @return one map for each recording: by path, an array for each call of such a layer in the module, in order of
     *     the calls, row-major like the layer's output
     * @throws org.quantvoice.error.AudioFormatException if a recording is shorter than the model's window
     * @throws org.quantvoice.error.QuantizationException if the model lacks a path
     * @throws org.quantvoice.error.UnsupportedOperatorException if the model cannot be differentiated, or the loss
     *     does not depend on a layer
     */
    List<Map<String, List<float[]>>> of(
            List<Audio> audio, Set<String> layers, int blank, int threads, Progress progress);
}
