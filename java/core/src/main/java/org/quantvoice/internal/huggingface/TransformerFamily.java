package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** wav2vec 2.0, HuBERT, WavLM, data2vec, UniSpeech: convolutions over the waveform and a transformer over their frames. */
final class TransformerFamily implements Family {
    private final TransformerTraits traits;
    private final Settings settings;
    private final WaveformEncoder front;
    private final int hidden;
    private final double eps;
    private final boolean preNorm;
    private final ConvolutionAdapter adapter;

    TransformerFamily(TransformerTraits traits, Settings settings) {
        this.traits = traits;
        this.settings = settings.ignore(TrainingKeys.KEYS);
        this.front = traits.choosesNorm() ? WaveformEncoder.of(settings) : WaveformEncoder.layerNormed(settings);
        this.hidden = settings.count("hidden_size", 768);
        this.eps = settings.number("layer_norm_eps", 1e-5);
        this.preNorm = traits.choosesNorm() && settings.flag("do_stable_layer_norm", false);
        this.adapter = traits.convAdapter() ? ConvolutionAdapter.of(settings, hidden) : ConvolutionAdapter.none(hidden);
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
        return settings.count("vocab_size", 32);
    }

    @Override
    public Value write(Modules modules, Value waveform, int vocabulary) {
        String root = traits.prefix();
        Value frames = front.write(modules, root + ".feature_extractor", waveform);
        boolean normed = !traits.optionalNorms() || settings.flag("feat_proj_layer_norm", true);
        Value x = front.project(modules, root + ".feature_projection", frames, normed, eps, hidden);
        x = encoder(modules, root + ".encoder", x);
        x = adapter.write(modules, root + ".adapter", x);
        return modules.linear("lm_head", x, adapter.size(), vocabulary, true);
    }

    private Value encoder(Modules modules, String path, Value frames) {
        Value positions = traits.stackedPositions()
                ? PositionalConvolution.stack(modules, path + ".pos_conv_embed", frames, hidden, settings)
                : PositionalConvolution.of(
                        modules, path + ".pos_conv_embed", frames, hidden, settings, traits.optionalNorms());
        Value x = modules.sum(path, frames, positions);
        if (!preNorm) {
            x = modules.layerNorm(path + ".layer_norm", x, hidden, eps);
        }
        int layers = settings.count("num_hidden_layers", 12);
        TransformerLayer layer = layer(modules);
        for (int i = 0; i < layers; i++) {
            x = layer.write(path + ".layers." + i, x, preNorm);
        }
        return preNorm ? modules.layerNorm(path + ".layer_norm", x, hidden, eps) : x;
    }

    private TransformerLayer layer(Modules modules) {
        int heads = settings.count("num_attention_heads", 12);
        SelfAttention attention = new SelfAttention(modules, hidden, heads, settings);
        int adapterSize = traits.languageAdapter() && settings.has("adapter_attn_dim") && preNorm
                ? settings.count("adapter_attn_dim", 1)
                : 0;
        return new TransformerLayer(
                modules,
                settings,
                traits.relativeBias() ? new GatedPositionAttention(modules, attention, settings) : attention,
                adapterSize);
    }

    @Override
    public boolean isForTraining(String parameter) {
        return TrainingKeys.isForTraining(parameter);
    }
}
