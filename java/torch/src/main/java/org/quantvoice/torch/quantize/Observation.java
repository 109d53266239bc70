package org.quantvoice.torch.quantize;

import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.torch.script.TorchCall;

/** A float model that hands out the inputs and outputs of its static layers while it runs. */
public interface Observation {

    /** Returns the static sites that are observed. */
    List<Site> sites();

    /**
     * Runs one recording; the caller holds a {@link TorchCall}.
     *
     * @param seen gets the tensors at each border, by {@link Site#input()} and {@link Site#output()}
     */
    void run(float[] samples, BiConsumer<String, Tensor> seen);
}
