package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * An encoder layer of wav2vec 2.0: attention and two linear layers, with norms before or behind them.
 *
 * @param adapterSize width of the language's adapter of MMS, or 0 if there is none
 */
record TransformerLayer(Modules modules, Settings settings, AttentionModule attention, int adapterSize) {

    Value write(String path, Value x, boolean preNorm) {
        return preNorm ? preNormed(path, x) : postNormed(path, x);
    }

    private Value preNormed(String path, Value x) {
        Value mixed = attention.write(path + ".attention", norm(path + ".layer_norm", x));
        Value y = modules.sum(path, x, mixed);
        y = modules.sum(path, y, feedForward(path + ".feed_forward", norm(path + ".final_layer_norm", y)));
        return adapterSize == 0 ? y : modules.sum(path, y, adapter(path + ".adapter_layer", y));
    }

    private Value postNormed(String path, Value x) {
        Value mixed = attention.write(path + ".attention", x);
        Value y = norm(path + ".layer_norm", modules.sum(path, x, mixed));
        y = modules.sum(path, y, feedForward(path + ".feed_forward", y));
        return norm(path + ".final_layer_norm", y);
    }

    private int hidden() {
        return settings.count("hidden_size", 768);
    }

    private Value norm(String path, Value x) {
        return modules.layerNorm(path, x, hidden(), settings.number("layer_norm_eps", 1e-5));
    }

    private Value feedForward(String path, Value x) {
        int inner = settings.count("intermediate_size", 3072);
        return feedForward(modules, settings, path, x, inner, settings.text("hidden_act", "gelu"));
    }

    /** Writes two linear layers with an activation between them. */
    static Value feedForward(Modules modules, Settings settings, String path, Value x, int inner, String activation) {
        int hidden = Math.toIntExact(x.shape().dim(-1).constant());
        Value y = modules.linear(path + ".intermediate_dense", x, hidden, inner, true);
        y = modules.activation(path + ".intermediate_act_fn", activation, y, settings);
        return modules.linear(path + ".output_dense", y, inner, hidden, true);
    }

    private Value adapter(String path, Value x) {
        Value y = modules.layerNorm(path + ".norm", x, hidden(), Modules.LAYER_NORM_EPS);
        y = modules.linear(path + ".linear_1", y, hidden(), adapterSize, true);
        y = modules.add(Op.RELU, path + ".act_fn", Attributes.NONE, y);
        return modules.linear(path + ".linear_2", y, adapterSize, hidden(), true);
    }
}
