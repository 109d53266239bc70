package org.quantvoice.source;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.features.FrontEnd.Kind;

/**
 * A front end that a caller names, for a model whose file names none: {@code none} (samples as they are), {@code normalize}
 * (samples of zero mean and unit variance over the utterance), {@code kaldi}, {@code nemo}, {@code lasr} or {@code whisper}, with settings
 * behind a colon: {@code kaldi:bins=80,normalize=true,stack=2}. Immutable.
 *
 * <p>The settings are those of {@link FrontEnd}: {@code rate} (hertz; the only one of samples), {@code bins}, {@code
 * window}, {@code hop} and {@code fft} (samples), {@code pre-emphasis}, {@code normalize} and {@code stack}. Settings
 * that are left out have the usual values: 16 kHz, 25 ms every 10 ms, as many bins as the model's input has room for.
 */
public final class FrontEndChoice {
    private static final String NONE = "none";
    private static final String NORMALIZE = "normalize";
    private static final List<String> SAMPLES = List.of(NONE, NORMALIZE);
    private static final String KNOWN = "none, normalize, kaldi, nemo, lasr or whisper";
    private static final List<String> SAMPLE_KEYS = List.of("rate");
    private static final List<String> FEATURE_KEYS =
            List.of("rate", "bins", "window", "hop", "fft", "pre-emphasis", NORMALIZE, "stack");
    private static final String CURE = "correct the front end, e.g. nemo, or kaldi:bins=80,normalize=true";
    private static final int RATE = 16_000;
    private static final int LOWEST_RATE = 1_000;
    private static final int HIGHEST_RATE = 768_000;
    private static final int MOST_BINS = 512;
    private static final int MOST_SAMPLES = 1 << 16;
    private static final int MOST_STACK = 64;
    private static final double PRE_EMPHASIS = 0.97;

    private final String text;
    private final String name;
    private final Map<String, String> settings;

    private FrontEndChoice(String text, String name, Map<String, String> settings) {
        this.text = text;
        this.name = name;
        this.settings = settings;
    }

    /**
     * Reads {@code name} or {@code name:key=value,...}.
     *
     * @throws ModelFormatException if the name or a setting is not known, or out of its range
     */
    public static FrontEndChoice parse(String text) {
        int colon = text.indexOf(':');
        String name = (colon < 0 ? text : text.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
        boolean known = SAMPLES.contains(name)
                || Arrays.stream(Kind.values()).anyMatch(k -> k.toString().equals(name));
        if (!known) {
            throw new ModelFormatException("the front end '" + text + "'", KNOWN, CURE);
        }
        FrontEndChoice choice = new FrontEndChoice(text, name, settings(text, name, colon));
        choice.sampleRate();
        if (!choice.ofSamples()) {
            int stack = choice.integer("stack", 1, 1, MOST_STACK);
            // this checks the ranges of the settings
            choice.features(stack * choice.integer("bins", 1, 1, MOST_BINS));
        }
        return choice;
    }

    private static Map<String, String> settings(String text, String name, int colon) {
        List<String> known = SAMPLES.contains(name) ? SAMPLE_KEYS : FEATURE_KEYS;
        Map<String, String> settings = new LinkedHashMap<>();
        if (colon < 0) {
            return settings;
        }
        for (String part : text.substring(colon + 1).split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part.strip() : part.substring(0, equals).strip();
            if (equals < 0 || !known.contains(key)) {
                throw new ModelFormatException(
                        "the setting '" + part + "' of the front end " + name, "key=value of " + known, CURE);
            }
            if (settings.put(key, part.substring(equals + 1).strip()) != null) {
                throw new ModelFormatException("the setting " + key + " twice in '" + text + "'", "it once", CURE);
            }
        }
        return settings;
    }

    /** Returns whether the front end gives samples, and not features. */
    public boolean ofSamples() {
        return SAMPLES.contains(name);
    }

    /** Returns whether the front end gives samples of zero mean and unit variance. */
    public boolean ofNormalizedSamples() {
        return name.equals(NORMALIZE);
    }

    /** Returns the rate in hertz of the samples that the front end takes. */
    public int sampleRate() {
        return integer("rate", RATE, LOWEST_RATE, HIGHEST_RATE);
    }

    /**
     * Returns the features for a model.
     *
     * @param size number of values of a frame that the model takes
     * @throws ModelFormatException if the front end gives samples, or frames of another size
     */
    public FrontEnd features(int size) {
        if (ofSamples()) {
            throw new ModelFormatException(
                    "the front end '" + text + "' for a model that takes features of " + size + " values a frame",
                    "kaldi, nemo, lasr or whisper",
                    "name the front end that the model was trained with");
        }
        Kind kind = Kind.of(name);
        int stack = integer("stack", 1, 1, MOST_STACK);
        int bins = integer("bins", Math.max(1, size / stack), 1, MOST_BINS);
        if (bins * stack != size) {
            throw new ModelFormatException(
                    "the front end '" + text + "', of " + bins * stack + " values a frame",
                    size + ", which the model's input has",
                    "correct bins or stack");
        }
        int window = integer("window", sampleRate() / 40, 2, MOST_SAMPLES);
        return new FrontEnd(
                kind,
                sampleRate(),
                bins,
                window,
                integer("hop", sampleRate() / 100, 1, MOST_SAMPLES),
                integer("fft", usualFft(kind, window), 4, MOST_SAMPLES),
                preEmphasis(kind),
                flag(NORMALIZE, kind == Kind.NEMO),
                stack);
    }

    /**
     * Requires that this front end and a file do not contradict each other.
     *
     * @param file name of the file, for the message
     * @param normalized whether the file's model takes normalized samples
     * @param sampleRate the rate that the file names
     * @param own the file's features; empty if its model takes samples
     * @throws ModelFormatException if they contradict each other
     */
    public void requireSame(String file, boolean normalized, int sampleRate, Optional<FrontEnd> own) {
        boolean same = own.isPresent()
                ? !ofSamples() && features(own.get().size()).equals(own.get())
                : ofSamples() && ofNormalizedSamples() == normalized && sampleRate() == sampleRate;
        if (!same) {
            String samples = (normalized ? "normalized" : "plain") + " samples at " + sampleRate + " Hz";
            throw new ModelFormatException(
                    "the front end '" + text + "' for " + file + ", which names its own",
                    own.map(FrontEnd::toString).orElse(samples),
                    "leave the front end out");
        }
    }

    private static int usualFft(Kind kind, int window) {
        return kind == Kind.WHISPER ? window : Math.max(4, Integer.highestOneBit(window - 1) * 2);
    }

    private double preEmphasis(Kind kind) {
        double usual = kind == Kind.LASR || kind == Kind.WHISPER ? 0 : PRE_EMPHASIS;
        String value = settings.get("pre-emphasis");
        try {
            return value == null ? usual : Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw wrong("pre-emphasis", value, "a number from 0 to 1");
        }
    }

    private int integer(String key, int usual, int least, int most) {
        String value = settings.get(key);
        if (value == null) {
            return usual;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, value, "a whole number from " + least + " to " + most);
        }
        throw wrong(key, value, least + " to " + most);
    }

    private boolean flag(String key, boolean usual) {
        String value = settings.get(key);
        if (value == null) {
            return usual;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(key, value, "true or false");
        }
        return value.equals("true");
    }

    private ModelFormatException wrong(String key, String value, String expected) {
        return new ModelFormatException(key + " '" + value + "' of the front end " + name, expected, CURE);
    }

    /** Returns the text from which this was read. */
    @Override
    public String toString() {
        return text;
    }
}
