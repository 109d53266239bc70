package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * LASR (MedASR): conformer blocks with rotary positions, behind convolutions that reduce the number of mel frames by
 * a factor of four.
 */
final class LasrFamily implements Family {
    private static final String ROOT = "encoder";
    private static final double EPS = 1e-6;

    private final Settings config;
    private final Settings settings;
    private final int hidden;
    private final int bins;
    private final int kernel;
    private final int stride;

    LasrFamily(Settings config) {
        this.config = config.ignore(TrainingKeys.KEYS);
        this.settings = config.part("encoder_config").ignore(TrainingKeys.KEYS);
        settings.ignore(EncoderBlock.UNUSED);
        this.hidden = settings.count("hidden_size", 512);
        this.bins = settings.count("num_mel_bins", 128);
        this.kernel = settings.count("subsampling_conv_kernel_size", 5);
        this.stride = settings.count("subsampling_conv_stride", 2);
    }

    @Override
    public int features() {
        return bins;
    }

    @Override
    public Frames frames() {
        return new Frames(1, 1).then(kernel, stride).then(kernel, stride);
    }

    @Override
    public int vocabulary() {
        return config.count("vocab_size", 512);
    }

    @Override
    public Value write(Modules modules, Value features, int vocabulary) {
        Value x = subsample(modules, ROOT + ".subsampler", features);
        double eps = settings.number("layer_norm_eps", EPS);
        boolean bias = settings.flag("attention_bias", false);
        RotaryAttention attention =
                new RotaryAttention(modules, settings, hidden, bias, x.shape().dim(1));
        EncoderBlock block = new EncoderBlock(
                modules, settings, hidden, attention, false, eps, bias, settings.flag("convolution_bias", false));
        int layers = settings.count("num_hidden_layers", 17);
        for (int i = 0; i < layers; i++) {
            x = block.write(ROOT + ".layers." + i, x);
        }
        x = modules.layerNorm(ROOT + ".out_norm", x, hidden, eps, false);
        settings.requireKnown();
        return EncoderBlock.head(modules, x, hidden, vocabulary);
    }

    private Value subsample(Modules modules, String path, Value features) {
        int channels = settings.count("subsampling_conv_channels", 256);
        Value x = relu(modules, path, modules.linear(path + ".dense_0", features, bins, hidden, true));
        x = modules.swapped(path, x);
        Convolution first = new Convolution(hidden, hidden, kernel, stride, 0, 1, true);
        x = relu(modules, path, modules.conv1d(path + ".conv_0", x, first));
        Convolution second = new Convolution(hidden, channels, kernel, stride, 0, 1, true);
        x = relu(modules, path, modules.conv1d(path + ".conv_1", x, second));
        return modules.linear(path + ".dense_1", modules.swapped(path, x), channels, hidden, true);
    }

    private static Value relu(Modules modules, String path, Value x) {
        return modules.add(Op.RELU, path + ".act_fn", Attributes.NONE, x);
    }

    @Override
    public boolean isForTraining(String parameter) {
        return TrainingKeys.isForTraining(parameter);
    }
}
