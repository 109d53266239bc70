package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** Gated convolutions behind an encoder that reduce the number of its frames ({@code add_adapter}). */
final class ConvolutionAdapter {
    private final boolean on;
    private final int hidden;
    private final int size;
    private final int layers;
    private final int kernel;
    private final int stride;

    private ConvolutionAdapter(boolean on, int hidden, int size, int layers, int kernel, int stride) {
        this.on = on;
        this.hidden = hidden;
        this.size = size;
        this.layers = layers;
        this.kernel = kernel;
        this.stride = stride;
    }

    static ConvolutionAdapter none(int hidden) {
        return new ConvolutionAdapter(false, hidden, hidden, 0, 1, 1);
    }

    static ConvolutionAdapter of(Settings settings, int hidden) {
        if (!settings.flag("add_adapter", false)) {
            return none(hidden);
        }
        return new ConvolutionAdapter(
                true,
                hidden,
                settings.count("output_hidden_size", hidden),
                settings.integer("num_adapter_layers", 3, 0, Settings.MOST),
                settings.count("adapter_kernel_size", 3),
                settings.count("adapter_stride", 2));
    }

    /** Returns the number of channels behind the adapter. */
    int size() {
        return size;
    }

    Frames frames(Frames before) {
        Frames all = before;
        for (int i = 0; i < layers; i++) {
            all = all.then(kernel, stride);
        }
        return all;
    }

    Value write(Modules modules, String path, Value x) {
        if (!on) {
            return x;
        }
        Value y = x;
        if (size != hidden) {
            y = modules.linear(path + ".proj", y, hidden, size, true);
            y = modules.layerNorm(path + ".proj_layer_norm", y, size, Modules.LAYER_NORM_EPS);
        }
        y = modules.swapped(path, y);
        for (int i = 0; i < layers; i++) {
            String layer = path + ".layers." + i;
            Convolution convolution = new Convolution(size, 2 * size, kernel, stride, 1, 1, true);
            y = modules.conv1d(layer + ".conv", y, convolution);
            y = modules.add(Op.GLU, layer, Attributes.of("axis", 1), y);
        }
        return modules.swapped(path, y);
    }
}
