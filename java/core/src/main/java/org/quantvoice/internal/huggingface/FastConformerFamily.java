package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** Parakeet: NeMo's FastConformer, whose convolutions reduce the number of mel frames by a factor of eight. */
final class FastConformerFamily implements Family {
    private static final String ROOT = "encoder";

    private final Settings config;
    private final Settings settings;
    private final int hidden;
    private final int bins;
    private final int channels;
    private final int kernel;
    private final int stride;
    private final int stages;

    FastConformerFamily(Settings config) {
        this.config = config.ignore(TrainingKeys.KEYS);
        this.settings = config.part("encoder_config").ignore(TrainingKeys.KEYS);
        settings.ignore(EncoderBlock.UNUSED);
        this.hidden = settings.count("hidden_size", 1024);
        this.bins = settings.count("num_mel_bins", 80);
        this.channels = settings.count("subsampling_conv_channels", 256);
        this.kernel = settings.count("subsampling_conv_kernel_size", 3);
        this.stride = settings.count("subsampling_conv_stride", 2);
        int factor = settings.count("subsampling_factor", 8);
        this.stages = 31 - Integer.numberOfLeadingZeros(factor);
    }

    @Override
    public int features() {
        return bins;
    }

    @Override
    public Frames frames() {
        Frames all = new Frames(1, 1);
        for (int i = 0; i < stages; i++) {
            all = all.then(kernel, stride);
        }
        return all;
    }

    @Override
    public int vocabulary() {
        return config.count("vocab_size", 1025);
    }

    @Override
    public Value write(Modules modules, Value features, int vocabulary) {
        Value x = subsample(modules, ROOT + ".subsampling", features);
        if (settings.flag("scale_input", true)) {
            x = modules.scaled(ROOT, x, Math.sqrt(hidden));
        }
        Value positions = RelativePositions.sinusoids(
                modules, ROOT + ".positions", x.shape().dim(1), hidden);
        RelativeAttention attention = new RelativeAttention(modules, settings, hidden, positions);
        EncoderBlock block = new EncoderBlock(
                modules,
                settings,
                hidden,
                attention,
                true,
                Modules.LAYER_NORM_EPS,
                settings.flag("attention_bias", true),
                settings.flag("convolution_bias", true));
        int layers = settings.count("num_hidden_layers", 24);
        for (int i = 0; i < layers; i++) {
            x = block.write(ROOT + ".layers." + i, x);
        }
        settings.requireKnown();
        return EncoderBlock.head(modules, x, hidden, vocabulary);
    }

    private Value subsample(Modules modules, String path, Value features) {
        Shape shape = features.shape();
        Value x = modules.reshape(path, features, shape.dim(0), Dim.ONE, shape.dim(1), shape.dim(2));
        x = square(modules, path + ".layers.0", x, 1, 1);
        x = modules.add(Op.RELU, path + ".layers.1", Attributes.NONE, x);
        for (int stage = 1; stage < stages; stage++) {
            int at = 3 * stage - 1;
            x = square(modules, path + ".layers." + at, x, channels, channels);
            x = pointwise(modules, path + ".layers." + (at + 1), x);
            x = modules.add(Op.RELU, path + ".layers." + (at + 2), Attributes.NONE, x);
        }
        Shape left = x.shape();
        Value frames = modules.transpose(path, x, 0, 2, 1, 3);
        int size = Math.toIntExact(left.dim(1).times(left.dim(3)).constant());
        Value rows = modules.reshape(path, frames, left.dim(0), left.dim(2), Dim.of(size));
        return modules.linear(path + ".linear", rows, size, hidden, true);
    }

    private Value square(Modules modules, String path, Value x, int in, int groups) {
        Value weight = modules.parameter(path + ".weight", channels, in / groups, kernel, kernel);
        int padding = (kernel - 1) / 2;
        return modules.conv2d(path, x, weight, channels, stride, padding, groups);
    }

    private Value pointwise(Modules modules, String path, Value x) {
        Value weight = modules.parameter(path + ".weight", channels, channels, 1, 1);
        return modules.conv2d(path, x, weight, channels, 1, 0, 1);
    }

    @Override
    public boolean isForTraining(String parameter) {
        return TrainingKeys.isForTraining(parameter);
    }
}
