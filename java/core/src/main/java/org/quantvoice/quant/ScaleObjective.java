package org.quantvoice.quant;

/**
 * What the scale of an output channel's weights is chosen by, once its bits are known. All but {@link #MIN_MAX} try
 * smaller scales than that, which cut the largest weights and round the others more finely, and look at the layer's output
 * for the calibration audio; the bias then takes over what rounding shifts the output by on average, and squared errors are
 * those which that leaves. Without a budget, wider and narrower ranges of a static layer's input are tried before, by the
 * same errors.
 */
public enum ScaleObjective {
    /** The largest weight is the largest level: nothing is cut. */
    MIN_MAX,
    /** Least squared error of the output. */
    MSE,
    /** Largest cosine between the output of the float and of the rounded layer. */
    COSINE,
    /**
     * Least squared error of the output, each value weighted by the squared gradient of the loss there (Yuan et al.:
     * "PTQ4ViT", 2022), damped; so is the mean that the bias takes over. The loss is CTC against the model's own words, so no
     * labels are needed. Needs a float TorchScript model, its token list, and libtorch (quantvoice-torch).
     */
    HESSIAN,
    /**
     * Before all else the scales of channels are moved from the inputs of static layers into their weights (Xiao et al.:
     * "SmoothQuant", 2022), where the norm or layer before them can take the inverse factor and recordings show that noise gets
     * less; then as {@link #MSE}. In float the model computes the same bits. For static layers whose inputs have a few channels
     * much larger than the others. Refused for recipes without static modules, and beside ranges of an earlier calibration.
     */
    SMOOTH
}
