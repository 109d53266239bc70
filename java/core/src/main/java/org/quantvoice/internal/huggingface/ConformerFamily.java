package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** Wav2Vec2-Conformer: wav2vec 2.0's convolutions over the waveform, followed by conformer blocks. */
final class ConformerFamily implements Family {
    private static final String ROOT = "wav2vec2_conformer";

    private final Settings settings;
    private final WaveformEncoder front;
    private final int hidden;
    private final double eps;
    private final ConvolutionAdapter adapter;

    ConformerFamily(Settings settings) {
        this.settings = settings.ignore(TrainingKeys.KEYS);
        this.front = WaveformEncoder.of(settings);
        this.hidden = settings.count("hidden_size", 768);
        this.eps = settings.number("layer_norm_eps", 1e-5);
        this.adapter = ConvolutionAdapter.of(settings, hidden);
        // The model has a positional convolution and its parameters, but does not run it; distances are not limited
        // here.
        settings.ignore(java.util.Set.of(
                "num_conv_pos_embeddings",
                "num_conv_pos_embedding_groups",
                "max_source_positions",
                "do_stable_layer_norm"));
    }

    @Override
    public int features() {
        return 0;
    }

    @Override
    public Frames frames() {
        return adapter.frames(front.frames());
    }

    @Override
    public int vocabulary() {
        return settings.required("vocab_size");
    }

    @Override
    public Value write(Modules modules, Value waveform, int vocabulary) {
        Value x = front.write(modules, ROOT + ".feature_extractor", waveform);
        x = front.project(modules, ROOT + ".feature_projection", x, true, eps, hidden);
        String positions = positions(settings, "relative", "relative", "rotary");
        AttentionModule attention = new ConformerAttention(modules, settings, hidden, positions, 12, ROOT);
        ConformerLayer layer = new ConformerLayer(modules, settings, attention, hidden, false, Modules.LAYER_NORM_EPS);
        int layers = settings.count("num_hidden_layers", 12);
        for (int i = 0; i < layers; i++) {
            x = layer.write(ROOT + ".encoder.layers." + i, x);
        }
        x = modules.layerNorm(ROOT + ".encoder.layer_norm", x, hidden, eps);
        x = adapter.write(modules, ROOT + ".adapter", x);
        return modules.linear("lm_head", x, adapter.size(), vocabulary, true);
    }

    /** Returns the kind of positions; a null in the file means none. */
    static String positions(Settings settings, String byDefault, String... allowed) {
        return settings.isNull("position_embeddings_type")
                ? "none"
                : settings.choice("position_embeddings_type", byDefault, allowed);
    }

    @Override
    public boolean isForTraining(String parameter) {
        return TrainingKeys.isForTraining(parameter) || parameter.startsWith(ROOT + ".encoder.pos_conv_embed.");
    }
}
