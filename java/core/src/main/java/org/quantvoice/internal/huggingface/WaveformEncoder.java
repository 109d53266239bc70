package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * The convolutions of wav2vec 2.0 and its relatives over the raw waveform: {@code [batch, samples]} to {@code [batch,
 * frames, channels]}.
 */
final class WaveformEncoder {
    private static final int[] DIMS = {512, 512, 512, 512, 512, 512, 512};
    private static final int[] STRIDES = {5, 2, 2, 2, 2, 2, 2};
    private static final int[] KERNELS = {10, 3, 3, 3, 3, 2, 2};

    /** The norms behind the convolutions. */
    enum Norms {
        /** There is one norm, behind the first convolution, of each channel over time. */
        GROUP,
        /** There is a norm behind each convolution, over the channels. */
        LAYER
    }

    private final Settings settings;
    private final int[] dims;
    private final int[] strides;
    private final int[] kernels;
    private final Norms norms;

    private WaveformEncoder(Settings settings, Norms norms, int[] dims, int[] strides, int[] kernels) {
        this.settings = settings;
        this.norms = norms;
        this.dims = settings.counts("conv_dim", dims);
        this.strides = settings.counts("conv_stride", strides);
        this.kernels = settings.counts("conv_kernel", kernels);
        int layers = settings.count("num_feat_extract_layers", this.dims.length);
        if (this.dims.length != layers || this.strides.length != layers || this.kernels.length != layers) {
            throw settings.wrong(
                    this.dims.length + " sizes, " + this.strides.length + " strides and " + this.kernels.length
                            + " kernels for " + layers + " convolutions",
                    "one of each for every convolution",
                    null);
        }
    }

    /** Makes an encoder with the norm that {@code feat_extract_norm} names. */
    static WaveformEncoder of(Settings settings) {
        return of(settings, DIMS, STRIDES, KERNELS);
    }

    static WaveformEncoder of(Settings settings, int[] dims, int[] strides, int[] kernels) {
        String norm = settings.choice("feat_extract_norm", "group", "group", "layer");
        return new WaveformEncoder(settings, norm.equals("group") ? Norms.GROUP : Norms.LAYER, dims, strides, kernels);
    }

    /** Makes an encoder with a norm behind each convolution, whatever the settings say. */
    static WaveformEncoder layerNormed(Settings settings) {
        return new WaveformEncoder(settings, Norms.LAYER, DIMS, STRIDES, KERNELS);
    }

    /** Returns the number of channels of the result. */
    int size() {
        return dims[dims.length - 1];
    }

    /**
     * Returns the number of samples from one frame to the next, and the number of samples that a frame depends on.
     */
    Frames frames() {
        return Frames.of(kernels, strides);
    }

    /** Adds the model's input. */
    static Value waveform(Modules modules) {
        return modules.graph().input("wavs", DType.FLOAT, Shape.of(Dim.symbol("B"), Dim.symbol("T")));
    }

    Value write(Modules modules, String path, Value waveform) {
        boolean bias = settings.flag("conv_bias", false);
        String activation = settings.text("feat_extract_activation", "gelu");
        Shape shape = waveform.shape();
        Value x = modules.reshape(path, waveform, shape.dim(0), Dim.ONE, shape.dim(1));
        for (int i = 0; i < dims.length; i++) {
            String layer = path + ".conv_layers." + i;
            int in = i == 0 ? 1 : dims[i - 1];
            Convolution convolution = new Convolution(in, dims[i], kernels[i], strides[i], 0, 1, bias);
            x = modules.conv1d(layer + ".conv", x, convolution);
            x = norm(modules, layer + ".layer_norm", x, i);
            x = modules.activation(layer + ".activation", activation, x, settings);
        }
        return modules.swapped(path, x);
    }

    private Value norm(Modules modules, String path, Value x, int layer) {
        if (norms == Norms.GROUP) {
            return layer == 0 ? modules.channelNorm(path, x, dims[0]) : x;
        }
        Value time = modules.layerNorm(path, modules.swapped(path, x), dims[layer], Modules.LAYER_NORM_EPS);
        return modules.swapped(path, time);
    }

    /** Writes the norm and the linear layer that project the result to the size of the encoder. */
    Value project(Modules modules, String path, Value x, boolean normed, double eps, int hidden) {
        Value y = normed ? modules.layerNorm(path + ".layer_norm", x, size(), eps) : x;
        return modules.linear(path + ".projection", y, size(), hidden, true);
    }

    /** Writes the waveform with zero mean and unit variance over the utterance, as Wav2Vec2FeatureExtractor does. */
    static Value normalized(Modules modules, Value waveform) {
        return modules.add(
                Op.LAYER_NORM, "normalize", Attributes.of("axes", 1, "eps", FrontEndSettings.VARIANCE_FLOOR), waveform);
    }
}
