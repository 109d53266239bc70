package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * A conformer block of Wav2Vec2-Conformer and Wav2Vec2-BERT: half a feed-forward, attention, convolution, half a
 * feed-forward (Gulati et al., 2020).
 *
 * @param causal whether the convolution sees only earlier frames, followed by a norm over channels (Wav2Vec2-BERT);
 *     otherwise it is centred, followed by a batch norm
 * @param eps of the norms
 */
record ConformerLayer(
        Modules modules, Settings settings, AttentionModule attention, int hidden, boolean causal, double eps) {

    Value write(String path, Value x) {
        Value y = modules.sum(path, half(path, "ffn1", x), x);
        Value mixed = attention.write(path + ".self_attn", norm(path + ".self_attn_layer_norm", y));
        y = modules.sum(path, mixed, y);
        y = modules.sum(path, y, convolution(path + ".conv_module", y));
        y = modules.sum(path, half(path, "ffn2", y), y);
        return norm(path + ".final_layer_norm", y);
    }

    private Value norm(String path, Value x) {
        return modules.layerNorm(path, x, hidden, eps);
    }

    private Value half(String path, String name, Value x) {
        Value y = norm(path + "." + name + "_layer_norm", x);
        int inner = settings.count("intermediate_size", causal ? 4096 : 3072);
        y = TransformerLayer.feedForward(modules, settings, path + "." + name, y, inner, activation());
        return modules.scaled(path, y, 0.5);
    }

    private Value convolution(String path, Value x) {
        int kernel = settings.count("conv_depthwise_kernel_size", 31);
        if (kernel % 2 == 0) {
            throw settings.wrong("conv_depthwise_kernel_size " + kernel, "an odd number", null);
        }
        Value y = modules.swapped(path, norm(path + ".layer_norm", x));
        y = modules.conv1d(path + ".pointwise_conv1", y, Convolution.pointwise(hidden, 2 * hidden, false));
        y = modules.add(Op.GLU, path + ".glu", Attributes.of("axis", 1), y);
        y = causal ? causalDepthwise(path, y, kernel) : centredDepthwise(path, y, kernel);
        y = modules.activation(path + ".activation", activation(), y, settings);
        y = modules.conv1d(path + ".pointwise_conv2", y, Convolution.pointwise(hidden, hidden, false));
        return modules.swapped(path, y);
    }

    private String activation() {
        return settings.text("hidden_act", causal ? "swish" : "gelu");
    }

    private Value centredDepthwise(String path, Value x, int kernel) {
        Convolution shape = new Convolution(hidden, hidden, kernel, 1, (kernel - 1) / 2, hidden, false);
        Value y = modules.conv1d(path + ".depthwise_conv", x, shape);
        return modules.batchNorm(path + ".batch_norm", y, hidden, Modules.LAYER_NORM_EPS);
    }

    private Value causalDepthwise(String path, Value x, int kernel) {
        Value padded = modules.padded(path, x, 2, Dim.of(kernel - 1L), Dim.ZERO);
        Convolution shape = new Convolution(hidden, hidden, kernel, 1, 0, hidden, false);
        Value y = modules.swapped(path, modules.conv1d(path + ".depthwise_conv", padded, shape));
        return modules.swapped(path, norm(path + ".depthwise_layer_norm", y));
    }
}
