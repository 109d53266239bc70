package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** Wav2Vec2-BERT: conformer blocks with causal convolutions over stacked mel features. */
final class BertFamily implements Family {
    private static final String ROOT = "wav2vec2_bert";

    private final Settings settings;
    private final int features;
    private final int hidden;
    private final double eps;
    private final boolean adapted;
    private final int size;

    BertFamily(Settings settings) {
        this.settings = settings.ignore(TrainingKeys.KEYS).ignore(java.util.Set.of("max_source_positions"));
        this.features = settings.count("feature_projection_input_dim", 160);
        this.hidden = settings.count("hidden_size", 1024);
        this.eps = settings.number("layer_norm_eps", 1e-5);
        this.adapted = settings.flag("add_adapter", false);
        this.size = adapted ? settings.count("output_hidden_size", hidden) : hidden;
        settings.ignore(java.util.Set.of("adapter_act"));
    }

    @Override
    public int features() {
        return features;
    }

    @Override
    public Frames frames() {
        Frames all = new Frames(1, 1);
        for (int i = 0; i < adapters(); i++) {
            all = all.then(settings.count("adapter_kernel_size", 3), settings.count("adapter_stride", 2));
        }
        return all;
    }

    private int adapters() {
        return adapted ? settings.integer("num_adapter_layers", 1, 0, Settings.MOST) : 0;
    }

    @Override
    public int vocabulary() {
        return settings.required("vocab_size");
    }

    @Override
    public Value write(Modules modules, Value input, int vocabulary) {
        Value x = modules.layerNorm(ROOT + ".feature_projection.layer_norm", input, features, eps);
        x = modules.linear(ROOT + ".feature_projection.projection", x, features, hidden, true);
        String positions = ConformerFamily.positions(settings, "relative_key", "relative_key", "relative", "rotary");
        AttentionModule attention = new ConformerAttention(modules, settings, hidden, positions, 16, ROOT);
        ConformerLayer layer = new ConformerLayer(modules, settings, attention, hidden, true, eps);
        int layers = settings.count("num_hidden_layers", 24);
        for (int i = 0; i < layers; i++) {
            x = layer.write(ROOT + ".encoder.layers." + i, x);
        }
        if (settings.flag("use_intermediate_ffn_before_adapter", false)) {
            Value middle =
                    TransformerLayer.feedForward(modules, settings, ROOT + ".intermediate_ffn", x, inner(), "relu");
            x = modules.sum(ROOT, x, modules.scaled(ROOT, middle, 0.5));
        }
        return modules.linear("lm_head", adapted ? adapt(modules, ROOT + ".adapter", x) : x, size, vocabulary, true);
    }

    private int inner() {
        return settings.count("intermediate_size", 4096);
    }

    private Value adapt(Modules modules, String path, Value x) {
        Value y = x;
        if (size != hidden) {
            y = modules.linear(path + ".proj", y, hidden, size, true);
            y = modules.layerNorm(path + ".proj_layer_norm", y, size, eps);
        }
        AttentionModule attention = new ConformerAttention(modules, settings, size, "none", 16, ROOT);
        for (int i = 0; i < adapters(); i++) {
            y = adapterLayer(modules, path + ".layers." + i, y, attention);
        }
        return y;
    }

    /**
     * Writes a layer of attention and feed-forward over fewer frames: both the input and the residual go through a
     * gated convolution.
     */
    private Value adapterLayer(Modules modules, String path, Value x, AttentionModule attention) {
        Value residual = pooled(modules, path, "residual", x);
        Value mixed = attention.write(path + ".self_attn", pooled(modules, path, "self_attn", x));
        Value y = modules.sum(path, mixed, residual);
        Value normed = modules.layerNorm(path + ".ffn_layer_norm", y, size, eps);
        String activation = settings.text("adapter_act", "relu");
        Value forward = TransformerLayer.feedForward(modules, settings, path + ".ffn", normed, inner(), activation);
        return modules.sum(path, forward, y);
    }

    private Value pooled(Modules modules, String path, String name, Value x) {
        int kernel = settings.count("adapter_kernel_size", 3);
        int stride = settings.count("adapter_stride", 2);
        Value y = modules.layerNorm(path + "." + name + "_layer_norm", x, size, eps);
        Convolution shape = new Convolution(size, 2 * size, kernel, stride, stride / 2, 1, true);
        y = modules.conv1d(path + "." + name + "_conv", modules.swapped(path, y), shape);
        return modules.swapped(path, modules.add(Op.GLU, path, Attributes.of("axis", 1), y));
    }

    @Override
    public boolean isForTraining(String parameter) {
        return TrainingKeys.isForTraining(parameter);
    }
}
