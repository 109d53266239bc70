package org.quantvoice.quant;

/**
 * The objective by which the scale of an output channel's weights is chosen, once its bits are known. All but {@link
 * #MIN_MAX} also try smaller scales, which clip the largest weights and round the others more finely, and measure the
 * layer's output for the calibration audio. The bias then corrects the mean error of the output, and squared errors
 * are those that remain. Without a budget, wider and narrower ranges of a static layer's input are tried first, by
 * the same errors.
 */
public enum ScaleObjective {
    /** The scale maps the largest weight to the largest level, so that nothing is clipped. */
    MIN_MAX,
    /** The scale has the least squared error of the output. */
    MSE,
    /** The scale has the largest cosine between the outputs of the float and the quantized layer. */
    COSINE,
    /**
     * The scale has the least squared error of the output, with each value weighted by the squared gradient of the
     * loss there (Yuan et al.: "PTQ4ViT", 2022), damped; the mean error that the bias corrects has the same weights.
     * The loss is the CTC loss of the model's own words, so no labels are needed. This needs a float TorchScript
     * model, its token list, and libtorch (quantvoice-torch).
     */
    HESSIAN,
    /**
     * First the scales of channels are moved from the inputs of static layers into their weights (Xiao et al.:
     * "SmoothQuant", 2022), where the norm or layer before them can take the inverse factor and recordings show that
     * the noise falls; then scales are chosen as for {@link #MSE}. In float the model computes the same bits. It
     * helps static layers whose inputs have a few channels that are much larger than the others. It is refused for
     * recipes without static modules, and together with ranges of an earlier calibration.
     */
    SMOOTH
}
