package org.quantvoice.internal.huggingface;

import java.util.Set;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * A conformer block of Parakeet and LASR. The two share their modules' names; LASR weights its residuals, and its
 * norms have no bias.
 *
 * @param normBias whether norms have a bias
 * @param eps of the norms
 * @param linearBias whether feed-forward layers have a bias
 * @param convolutionBias whether convolutions have a bias
 */
record EncoderBlock(
        Modules modules,
        Settings settings,
        int hidden,
        AttentionModule attention,
        boolean normBias,
        double eps,
        boolean linearBias,
        boolean convolutionBias) {
    /** Settings of training, or of the sizes of tables that are not used here. */
    static final Set<String> UNUSED =
            Set.of("dropout", "dropout_positions", "max_position_embeddings", "batch_norm_momentum", "model_type");

    private static final double[] PLAIN_FORWARD = {1, 0.5};
    private static final double[] PLAIN_CONVOLUTION = {1, 1};

    Value write(String path, Value x) {
        double[] forward = normBias ? PLAIN_FORWARD : settings.numbers("feed_forward_residual_weights", 1.5, 0.5);
        double[] convolved = normBias ? PLAIN_CONVOLUTION : settings.numbers("conv_residual_weights", 2, 1);
        Value y = weighted(path, x, forward[0], feedForward(path, "feed_forward1", x), forward[1]);
        y = modules.sum(path, y, attention.write(path + ".self_attn", norm(path + ".norm_self_att", y)));
        Value local = convolution(path + ".conv", norm(path + ".norm_conv", y));
        y = weighted(path, y, convolved[0], local, convolved[1]);
        y = weighted(path, y, forward[0], feedForward(path, "feed_forward2", y), forward[1]);
        return norm(path + ".norm_out", y);
    }

    private Value weighted(String path, Value a, double factorA, Value b, double factorB) {
        return modules.sum(path, modules.scaled(path, a, factorA), modules.scaled(path, b, factorB));
    }

    private Value norm(String path, Value x) {
        return modules.layerNorm(path, x, hidden, eps, normBias);
    }

    private String activation() {
        return settings.text("hidden_act", "silu");
    }

    private Value feedForward(String path, String name, Value x) {
        int inner = settings.count("intermediate_size", normBias ? 4096 : 2048);
        Value y = norm(path + ".norm_" + name, x);
        y = modules.linear(path + "." + name + ".linear1", y, hidden, inner, linearBias);
        y = modules.activation(path + "." + name + ".activation", activation(), y, settings);
        return modules.linear(path + "." + name + ".linear2", y, inner, hidden, linearBias);
    }

    private Value convolution(String path, Value x) {
        int kernel = settings.count("conv_kernel_size", normBias ? 9 : 32);
        Value y = modules.swapped(path, x);
        y = modules.conv1d(path + ".pointwise_conv1", y, Convolution.pointwise(hidden, 2 * hidden, convolutionBias));
        y = modules.add(Op.GLU, path, Attributes.of("axis", 1), y);
        int padding = (kernel - 1) / 2;
        if (kernel % 2 == 0) {
            // The convolution keeps the number of frames: LASR adds one more zero at the end, Parakeet none.
            y = normBias ? y : modules.padded(path + ".depthwise_conv", y, 2, Dim.ZERO, Dim.ONE);
        }
        Convolution shape = new Convolution(hidden, hidden, kernel, 1, padding, hidden, convolutionBias);
        y = modules.conv1d(path + ".depthwise_conv", y, shape);
        y = modules.batchNorm(path + ".norm", y, hidden, Modules.LAYER_NORM_EPS);
        y = modules.activation(path + ".activation", activation(), y, settings);
        y = modules.conv1d(path + ".pointwise_conv2", y, Convolution.pointwise(hidden, hidden, convolutionBias));
        return modules.swapped(path, y);
    }

    /** Writes the linear layer to the tokens, which is stored as a convolution of one frame. */
    static Value head(Modules modules, Value x, int hidden, int vocabulary) {
        Value channels = modules.swapped("ctc_head", x);
        Convolution shape = Convolution.pointwise(hidden, vocabulary, true);
        return modules.swapped("ctc_head", modules.conv1d("ctc_head", channels, shape));
    }

    static void requireOneKeyAHead(Settings settings, int heads) {
        int keys = settings.count("num_key_value_heads", heads);
        if (keys != heads) {
            throw settings.unsupported(
                    "num_key_value_heads " + keys + " for " + heads + " heads", "a key for each head");
        }
    }
}
