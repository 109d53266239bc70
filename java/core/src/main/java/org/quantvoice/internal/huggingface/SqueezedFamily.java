package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** SEW: a transformer over every second frame, whose results are expanded to all frames again. */
final class SqueezedFamily implements Family {
    private static final String ROOT = "sew";
    private static final int[] DIMS = {64, 128, 128, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512};
    private static final int[] STRIDES = {5, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
    private static final int[] KERNELS = {10, 3, 1, 3, 1, 3, 1, 3, 1, 2, 1, 2, 1};

    private final Settings settings;
    private final WaveformEncoder front;
    private final int hidden;
    private final int squeeze;
    private final double eps;

    SqueezedFamily(Settings settings) {
        this.settings = settings.ignore(TrainingKeys.KEYS);
        this.front = WaveformEncoder.of(settings, DIMS, STRIDES, KERNELS);
        this.hidden = settings.count("hidden_size", 768);
        this.squeeze = settings.count("squeeze_factor", 2);
        this.eps = settings.number("layer_norm_eps", 1e-5);
    }

    @Override
    public int features() {
        return 0;
    }

    @Override
    public Frames frames() {
        return front.frames();
    }

    @Override
    public int vocabulary() {
        return settings.count("vocab_size", 32);
    }

    @Override
    public Value write(Modules modules, Value waveform, int vocabulary) {
        Value x = front.write(modules, ROOT + ".feature_extractor", waveform);
        x = modules.layerNorm(ROOT + ".layer_norm", x, front.size(), eps);
        if (front.size() != hidden) {
            x = modules.linear(ROOT + ".feature_projection", x, front.size(), hidden, true);
        }
        x = encoder(modules, ROOT + ".encoder", x);
        return modules.linear("lm_head", x, hidden, vocabulary, true);
    }

    private Value encoder(Modules modules, String path, Value frames) {
        Dim time = frames.shape().dim(1);
        Value x = modules.layerNorm(path + ".layer_norm", squeezed(modules, path, frames), hidden, eps);
        int heads = settings.count("num_attention_heads", 12);
        SelfAttention attention = new SelfAttention(modules, hidden, heads, settings);
        TransformerLayer layer = new TransformerLayer(modules, settings, attention, 0);
        int layers = settings.count("num_hidden_layers", 12);
        for (int i = 0; i < layers; i++) {
            x = layer.write(path + ".layers." + i, x, false);
        }
        return spread(modules, path + ".upsample", x, time);
    }

    /** Writes the mean of each group of frames, plus the positional convolution at the same frames. */
    private Value squeezed(Modules modules, String path, Value frames) {
        Dim batch = frames.shape().dim(0);
        Dim groups = frames.shape().dim(1).floorDiv(squeeze);
        Value channels = modules.swapped(path, frames);
        String position = path + ".pos_conv_embed";
        Convolution shape = PositionalConvolution.shape(hidden, settings, squeeze);
        Value convolved = PositionalConvolution.convolve(modules, position, channels, shape, false);
        Value cut = modules.slice(position + ".padding", convolved, 2, Dim.ZERO, groups);
        String activation = settings.text("feat_extract_activation", "gelu");
        Value positions = modules.activation(position + ".activation", activation, cut, settings);
        Value whole = modules.slice(path + ".pool", channels, 2, Dim.ZERO, groups.times(squeeze));
        Value parts = modules.reshape(path + ".pool", whole, batch, Dim.of(hidden), groups, Dim.of(squeeze));
        Value means = modules.add(Op.MEAN, path + ".pool", Attributes.of("axes", new int[] {3}, "keep", false), parts);
        return modules.swapped(path, modules.sum(path, means, positions));
    }

    /** Expands each result to as many frames as were joined; frames that were left over are zero. */
    private Value spread(Modules modules, String path, Value x, Dim time) {
        Value wide = modules.linear(path + ".projection", x, hidden, hidden * squeeze, true);
        String activation = settings.text("feat_extract_activation", "gelu");
        Value active = modules.activation(path + ".activation", activation, wide, settings);
        Dim made = x.shape().dim(1).times(squeeze);
        Value all = modules.reshape(path, active, x.shape().dim(0), made, Dim.of(hidden));
        return modules.padded(path, all, 1, Dim.ZERO, time.minus(made));
    }

    @Override
    public boolean isForTraining(String parameter) {
        return TrainingKeys.isForTraining(parameter);
    }
}
