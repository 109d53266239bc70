package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.FolderWeights;
import org.quantvoice.internal.huggingface.folder.Settings;

/** The convolution that gives frames their positions; input and output are {@code [batch, time, hidden]}. */
final class PositionalConvolution {
    private static final String NEW_GAIN = ".parametrizations.weight.original0";
    private static final String NEW_DIRECTION = ".parametrizations.weight.original1";
    private static final String OLD_GAIN = ".weight_g";
    private static final String OLD_DIRECTION = ".weight_v";

    private PositionalConvolution() {}

    /**
     * Writes one grouped convolution with weight norm, or with a batch norm before it if that is possible and the
     * settings choose it.
     */
    static Value of(Modules modules, String path, Value x, int hidden, Settings settings, boolean maybeBatchNorm) {
        boolean batchNorm = maybeBatchNorm && settings.flag("conv_pos_batch_norm", false);
        Value channels = modules.swapped(path, x);
        if (batchNorm) {
            channels = modules.batchNorm(path + ".batch_norm", channels, hidden, Modules.LAYER_NORM_EPS);
        }
        Value y = convolve(modules, path, channels, shape(hidden, settings, 1), batchNorm);
        y = cut(modules, path, y, x.shape().dim(1));
        String activation = settings.text("feat_extract_activation", "gelu");
        return modules.swapped(path, modules.activation(path + ".activation", activation, y, settings));
    }

    static Convolution shape(int hidden, Settings settings, int stride) {
        int kernel = settings.count("num_conv_pos_embeddings", 128);
        int groups = settings.count("num_conv_pos_embedding_groups", 16);
        return new Convolution(hidden, hidden, kernel, stride, kernel / 2, groups, true);
    }

    /**
     * Convolves {@code [batch, channels, time]}; a kernel of even size gives one frame too many, which is dropped.
     */
    static Value convolve(Modules modules, String path, Value channels, Convolution shape, boolean plain) {
        return plain
                ? modules.conv1d(path + ".conv", channels, shape)
                : modules.convolve(path + ".conv", channels, normed(modules, path + ".conv", shape), shape);
    }

    private static Value cut(Modules modules, String path, Value y, Dim frames) {
        return modules.slice(path + ".padding", y, 2, Dim.ZERO, frames);
    }

    /**
     * Writes data2vec's positions: several convolutions without weight norm, each followed by a norm over the
     * channels.
     */
    static Value stack(Modules modules, String path, Value x, int hidden, Settings settings) {
        int kernel = settings.count("conv_pos_kernel_size", 19);
        int groups = settings.count("num_conv_pos_embedding_groups", 16);
        int layers = settings.count("num_conv_pos_embeddings", 5);
        String activation = settings.text("feat_extract_activation", "gelu");
        Value y = modules.swapped(path, x);
        for (int i = 0; i < layers; i++) {
            String layer = path + ".layers." + i;
            Convolution shape = new Convolution(hidden, hidden, kernel, 1, kernel / 2, groups, true);
            y = cut(
                    modules,
                    layer,
                    modules.conv1d(layer + ".conv", y, shape),
                    x.shape().dim(1));
            y = modules.plainLayerNorm(layer + ".layer_norm", modules.swapped(layer, y), Modules.LAYER_NORM_EPS);
            y = modules.swapped(layer, y);
            y = modules.activation(layer + ".activation", activation, y, settings);
        }
        return modules.swapped(path, y);
    }

    /**
     * Returns weights that are stored as a direction and a length for each tap ({@code weight_norm} over axis 2),
     * multiplied out.
     */
    private static Value normed(Modules modules, String path, Convolution shape) {
        FolderWeights weights = modules.weights();
        if (weights.has(path + ".weight")) {
            return modules.parameter(path + ".weight", shape.weightShape());
        }
        boolean old = weights.has(path + OLD_GAIN);
        TensorData gain = weights.take(path + (old ? OLD_GAIN : NEW_GAIN), 1, 1, shape.kernel());
        TensorData direction = weights.take(path + (old ? OLD_DIRECTION : NEW_DIRECTION), shape.weightShape());
        float[] product = multiplied(gain.floats(), direction.floats(), shape.kernel());
        return modules.constant(path + ".weight", ArrayTensor.of(product, shape.weightShape()));
    }

    private static float[] multiplied(float[] gain, float[] direction, int kernel) {
        double[] squares = new double[kernel];
        for (int i = 0; i < direction.length; i++) {
            squares[i % kernel] += (double) direction[i] * direction[i];
        }
        float[] product = new float[direction.length];
        for (int i = 0; i < direction.length; i++) {
            product[i] = (float) (direction[i] * (gain[i % kernel] / Math.sqrt(squares[i % kernel])));
        }
        return product;
    }
}
