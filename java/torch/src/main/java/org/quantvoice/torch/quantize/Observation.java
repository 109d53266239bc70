package org.quantvoice.torch.quantize;

import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.torch.script.TorchCall;

/** A float model that shows what passes the borders of its static layers. */
public interface Observation {

    /** The static sites that are looked at. */
    List<Site> sites();

    /**
     * Runs one recording; the caller holds a {@link TorchCall}.
     *
     * @param seen gets the tensors at each border, by {@link Site#input()} and {@link Site#output()}
     */
    void run(float[] samples, BiConsumer<String, Tensor> seen);
}
