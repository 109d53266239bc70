package org.quantvoice.internal.huggingface;

import java.util.Optional;
import java.util.Set;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.huggingface.folder.ModelFolder;
import org.quantvoice.internal.huggingface.folder.Settings;
import org.quantvoice.source.FrontEndChoice;

/**
 * The conversion of audio to the input of a folder's model.
 *
 * @param sampleRate hertz
 * @param normalize whether each utterance is brought to zero mean and unit variance as samples
 * @param features settings of the features; empty for a model that takes samples
 */
record FolderFrontEnd(int sampleRate, boolean normalize, Optional<FrontEnd> features) {
    private static final int SAMPLE_RATE = 16_000;
    private static final double PRE_EMPHASIS = 0.97;

    /**
     * Returns the front end of a folder.
     *
     * @param size number of values in a frame of the model's input, or 0 if it takes samples
     * @param choice the caller's front end, which replaces missing settings of the folder and must agree with present
     *     ones
     */
    static FolderFrontEnd of(ModelFolder folder, int size, Optional<FrontEndChoice> choice) {
        if (choice.isPresent() && !FrontEndSettings.has(folder)) {
            return chosen(folder, size, choice.get());
        }
        FolderFrontEnd own = of(folder, size);
        choice.ifPresent(c -> c.requireSame(folder.path().toString(), own.normalize, own.sampleRate, own.features));
        return own;
    }

    private static FolderFrontEnd chosen(ModelFolder folder, int size, FrontEndChoice choice) {
        if (size > 0) {
            return new FolderFrontEnd(choice.sampleRate(), false, Optional.of(choice.features(size)));
        }
        if (!choice.ofSamples()) {
            throw new ModelFormatException(
                    "the front end '" + choice + "' for " + folder.path() + ", a model that takes samples",
                    "none or normalize",
                    "name the front end that the model was trained with");
        }
        return new FolderFrontEnd(choice.sampleRate(), choice.ofNormalizedSamples(), Optional.empty());
    }

    private static FolderFrontEnd of(ModelFolder folder, int size) {
        Settings settings = FrontEndSettings.of(folder);
        FolderFrontEnd result = size == 0 ? samples(settings) : features(settings);
        result.features().filter(f -> f.size() != size).ifPresent(f -> {
            throw settings.wrong(f.size() + " values a frame", size + ", as " + ModelFolder.CONFIG + " says", null);
        });
        settings.requireKnown();
        return result;
    }

    private static FolderFrontEnd samples(Settings settings) {
        FrontEndSettings.require(settings, "Wav2Vec2FeatureExtractor");
        if (settings.count("feature_size", 1) != 1) {
            throw settings.unsupported("feature_size " + settings.count("feature_size", 1), "1: samples");
        }
        boolean normalize = settings.flag("do_normalize", true);
        return new FolderFrontEnd(settings.count("sampling_rate", SAMPLE_RATE), normalize, Optional.empty());
    }

    private static FolderFrontEnd features(Settings settings) {
        String type = FrontEndSettings.require(
                settings,
                "SeamlessM4TFeatureExtractor",
                "ParakeetFeatureExtractor",
                "LasrFeatureExtractor",
                "WhisperFeatureExtractor");
        int rate = settings.count("sampling_rate", SAMPLE_RATE);
        FrontEnd features =
                switch (type) {
                    case "SeamlessM4TFeatureExtractor" -> kaldi(settings, rate);
                    case "ParakeetFeatureExtractor" ->
                        spectral(
                                settings,
                                rate,
                                FrontEnd.Kind.NEMO,
                                80,
                                settings.number("preemphasis", PRE_EMPHASIS),
                                true);
                    case "WhisperFeatureExtractor" -> whisper(settings, rate);
                    default -> spectral(settings, rate, FrontEnd.Kind.LASR, 128, 0, false);
                };
        return new FolderFrontEnd(rate, false, Optional.of(features));
    }

    private static FrontEnd kaldi(Settings settings, int rate) {
        settings.ignore(Set.of("feature_size"));
        int bins = settings.count("num_mel_bins", 80);
        int stride = settings.count("stride", 2);
        if (rate != SAMPLE_RATE) {
            throw settings.unsupported("sampling_rate " + rate, "16000, for which the frames' 400 samples are 25 ms");
        }
        int fft = Integer.highestOneBit(rate / 40 - 1) * 2;
        return new FrontEnd(FrontEnd.Kind.KALDI, rate, bins, rate / 40, rate / 100, fft, PRE_EMPHASIS, true, stride);
    }

    /** Returns the front end without the padding to whole chunks of 30 s, which models of any length do not want. */
    private static FrontEnd whisper(Settings settings, int rate) {
        settings.ignore(Set.of("chunk_length", "n_samples", "nb_max_frames", "mel_filters"));
        if (settings.number("dither", 0) != 0) {
            throw settings.unsupported("dither " + settings.number("dither", 0), "0: features without noise");
        }
        int window = settings.count("n_fft", 400);
        int bins = settings.count("feature_size", 80);
        int hop = settings.count("hop_length", 160);
        return new FrontEnd(FrontEnd.Kind.WHISPER, rate, bins, window, hop, window, 0, false, 1);
    }

    private static FrontEnd spectral(
            Settings settings, int rate, FrontEnd.Kind kind, int bins, double preEmphasis, boolean normalized) {
        return new FrontEnd(
                kind,
                rate,
                settings.count("feature_size", bins),
                settings.count("win_length", 400),
                settings.count("hop_length", 160),
                settings.count("n_fft", 512),
                preEmphasis,
                normalized,
                1);
    }

    /** Returns the position of the model's frames on the samples. */
    Frames frames(Frames onInput) {
        return features.map(f -> new Frames(
                        onInput.hop() * f.frameHop(), f.frameWindow() + (onInput.window() - 1) * f.frameHop()))
                .orElse(onInput);
    }
}
