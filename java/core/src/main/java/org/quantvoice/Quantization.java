package org.quantvoice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Backend;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.Budget;
import org.quantvoice.internal.recipe.QuantPreset;
import org.quantvoice.internal.recipe.ScaleRules;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/**
 * The way in which a session quantizes its model: by default choices ({@link #int8}), a recipe ({@link #recipe}), or
 * bits for each layer within a budget ({@link #toBudget}, {@link #toAverageBits}). Immutable. Options that would have
 * no effect together with the others are refused by {@code build()}; if only the model can show that (for a recipe
 * that names no modules), they are refused when the session is built.
 */
public final class Quantization {
    private final List<String> staticModules;
    private final List<String> dynamicModules;
    private final Map<String, WeightFormat> weights;
    private final ActivationRanges ranges;
    private final Optional<ActivationObserver> observer;
    private final boolean guard;
    private final ScaleRules rules;
    private final Optional<Tuning> tuning;
    private final Optional<AudioCorpus> calibration;

    private Quantization(Builder<?> from, ScaleRules rules, Optional<Tuning> tuning) {
        this.staticModules = List.copyOf(from.staticModules);
        this.dynamicModules = List.copyOf(from.dynamicModules);
        this.weights = new LinkedHashMap<>(from.weights);
        this.ranges = from.ranges;
        this.observer = from.observer;
        this.guard = from.guard;
        this.rules = rules;
        this.tuning = tuning;
        this.calibration = Optional.ofNullable(from.calibration);
        requireEffect();
    }

    /** Returns dynamic int8 for every layer that supports it; no audio is needed. */
    public static Quantization int8() {
        return recipe().build();
    }

    /**
     * Returns a builder of a recipe. A recipe that names no modules takes dynamic int8 for every layer that supports
     * it, and static int8 for convolutions if there is calibration audio.
     */
    public static RecipeBuilder recipe() {
        return new RecipeBuilder();
    }

    /**
     * Returns a builder that chooses bits for each layer so that neither the {@code .qv} file nor the weights in
     * memory take more than this (myQASR: Fish, Michieli, Ozay, 2023). Native engine only.
     */
    public static BudgetBuilder toBudget(DataSize size) {
        return new BudgetBuilder(new SizeBudget(size));
    }

    /**
     * Returns a builder with a budget of average bits over all weights of the layers that are tuned.
     *
     * @throws QuantizationException if the number is not above 0
     */
    public static BudgetBuilder toAverageBits(double bits) {
        return new BudgetBuilder(new AverageBits(bits));
    }

    List<String> staticModules() {
        return staticModules;
    }

    List<String> dynamicModules() {
        return dynamicModules;
    }

    Map<String, WeightFormat> weights() {
        return weights;
    }

    ActivationRanges ranges() {
        return ranges;
    }

    /** Returns the observer that was chosen, else that of the preset, else the usual one. */
    ActivationObserver observer() {
        return observer.or(() -> rules.preset().map(QuantPreset::observer)).orElse(ActivationObserver.HISTOGRAM);
    }

    boolean guard() {
        return guard;
    }

    ScaleRules rules() {
        return rules;
    }

    Optional<Tuning> tuning() {
        return tuning;
    }

    Optional<AudioCorpus> calibration() {
        return calibration;
    }

    boolean namesModules() {
        return !staticModules.isEmpty() || !dynamicModules.isEmpty();
    }

    /** Returns whether ranges of static layers are available: from audio, or from an earlier calibration. */
    boolean knowsRanges() {
        return calibration.isPresent() || !ranges.byLayer().isEmpty();
    }

    private void requireEffect() {
        boolean noneStatic = namesModules() ? staticModules.isEmpty() : !knowsRanges();
        if (noneStatic) {
            requireNothingOfStaticModules();
        }
        if (!guard && calibration.isEmpty()) {
            throw new QuantizationException(
                    "no guard and no calibration audio",
                    "audio: without it the guard keeps no layer float",
                    "leave guard(false) (--no-guard) out, or pass calibration audio");
        }
        if (movesScales() && !ranges.byLayer().isEmpty()) {
            throw new QuantizationException(
                    "the calibration " + ScaleObjective.SMOOTH + " and ranges of an earlier calibration",
                    "one of them: ranges are of inputs whose scales stay where they are",
                    "leave the ranges out, and pass the calibration audio");
        }
        boolean searches = rules.objective().isPresent() || tuning.isPresent();
        if (calibration.isEmpty()
                && (searches || (!staticModules.isEmpty() && ranges.byLayer().isEmpty()))) {
            throw new QuantizationException(
                    needsAudio() + " and no calibration audio",
                    "a corpus of typical speech",
                    tuning.isPresent()
                            ? "name one with tuneOn, or --on on the command line"
                            : "name one with calibrateOn, or --calibrate on the command line");
        }
    }

    /** Returns whether scales of channels are moved from the inputs of static layers into their weights. */
    boolean movesScales() {
        return Optional.of(ScaleObjective.SMOOTH)
                .equals(tuning.map(Tuning::objective).or(rules::objective));
    }

    /** Refuses options for ranges of static modules, for a recipe that has no such modules. */
    void requireNothingOfStaticModules() {
        List<String> said = new ArrayList<>();
        if (movesScales() && calibration.isPresent()) {
            said.add("the calibration " + ScaleObjective.SMOOTH);
        }
        observer.ifPresent(o -> said.add("the observer " + o));
        if (rules.symmetric() || rules.reduceRange()) {
            said.add("levels of activations (" + rules.describeActivations() + ")");
        }
        if (!ranges.byLayer().isEmpty()) {
            said.add("ranges of " + ranges.byLayer().size() + " layers");
        }
        if (!said.isEmpty()) {
            throw new QuantizationException(
                    String.join(", ", said) + " and no static module",
                    "static modules: dynamic ones find their range at each run",
                    "name modules with staticInt8 (--static), pass calibration audio for the convolutions, or leave it out");
        }
    }

    private String needsAudio() {
        if (tuning.isPresent()) {
            return "a budget";
        }
        return rules.objective().map(o -> "the calibration " + o).orElse("static modules " + staticModules);
    }

    /**
     * Options that recipes and budgets have in common. For one thread at a time.
     *
     * @param <B> the builder itself
     */
    public abstract static sealed class Builder<B extends Builder<B>> permits RecipeBuilder, BudgetBuilder {
        private final List<String> staticModules = new ArrayList<>();
        private final List<String> dynamicModules = new ArrayList<>();
        private final Map<String, WeightFormat> weights = new LinkedHashMap<>();
        private ActivationRanges ranges = ActivationRanges.NONE;
        private Optional<ActivationObserver> observer = Optional.empty();
        private boolean symmetric;
        private boolean reduceRange;
        private boolean guard = true;
        private @Nullable AudioCorpus calibration;

        private Builder() {}

        abstract B self();

        /**
         * Adds modules whose activations get fixed ranges from calibration audio; a name covers all modules below it.
         */
        public B staticInt8(String... modules) {
            staticModules.addAll(List.of(modules));
            return self();
        }

        /** Adds modules whose activations get their ranges at each run; a name covers all modules below it. */
        public B dynamicInt8(String... modules) {
            dynamicModules.addAll(List.of(modules));
            return self();
        }

        /**
         * Stores the weights of modules in another format than 8 bits; a name covers all modules below it, and no
         * name covers the whole model. Only the native engine supports this, except for 8 bits, float, and libtorch's
         * replacement of bfloat16.
         */
        public B weights(WeightFormat format, String... modules) {
            Objects.requireNonNull(format, "format");
            for (String module : modules.length == 0 ? new String[] {""} : modules) {
                weights.put(module, format);
            }
            return self();
        }

        /**
         * Sets ranges from an earlier calibration ({@link QuantReport#ranges}): static layers that they name need no
         * audio. The native engine's ranges lack those of outputs, which libtorch needs.
         */
        public B ranges(ActivationRanges known) {
            this.ranges = Objects.requireNonNull(known, "known");
            return self();
        }

        /**
         * Sets how ranges of static modules are found from the calibration audio. Default: {@link
         * ActivationObserver#HISTOGRAM}.
         */
        public B observer(ActivationObserver chosen) {
            this.observer = Optional.of(chosen);
            return self();
        }

        /** Lets the middle level of static layers' activations stand for 0. Default: the range is covered as it is (affine). */
        public B symmetric(boolean on) {
            this.symmetric = on;
            return self();
        }

        /**
         * Limits static layers' activations to 7 bits ({@code reduce_range}), which kernels that add pairs of
         * products in 16 bits need: those of libtorch on CPUs without VNNI. The native kernels never need it.
         * Default: the choice of the preset, else that of libtorch's backend; 8 bits on the native engine.
         */
        public B reduceRange(boolean on) {
            this.reduceRange = on;
            return self();
        }

        /**
         * Sets whether a layer stays float when calibration audio shows that quantization destroys its output, with a
         * signal-to-noise ratio below 10 dB in the worst frame. If off, there is only a warning. Default: true; false
         * is refused without audio, because it would change nothing. On libtorch the guard checks static layers,
         * whose outputs are quantized; on the native engine it checks all layers with weights of 8 bits or fewer,
         * whose inputs are quantized.
         */
        public B guard(boolean on) {
            this.guard = on;
            return self();
        }

        /**
         * Builds the quantization.
         *
         * @throws org.quantvoice.error.QuantVoiceException if an option has no effect together with the others, or
         *     lacks something that it needs
         */
        public abstract Quantization build();

        void listenTo(AudioCorpus corpus) {
            this.calibration = Objects.requireNonNull(corpus, "corpus");
        }

        ScaleRules rules(Optional<QuantPreset> preset, Optional<ScaleObjective> objective) {
            return new ScaleRules(preset, symmetric, reduceRange, objective);
        }
    }

    /** Builds a recipe. For one thread at a time. */
    public static final class RecipeBuilder extends Builder<RecipeBuilder> {
        private Optional<ScaleObjective> objective = Optional.empty();
        private Optional<QuantPreset> preset = Optional.empty();

        private RecipeBuilder() {}

        @Override
        RecipeBuilder self() {
            return this;
        }

        /**
         * Sets typical speech, from which the ranges of static modules are found, and which the guard uses; 10
         * utterances are enough.
         */
        public RecipeBuilder calibrateOn(AudioCorpus corpus) {
            listenTo(corpus);
            return this;
        }

        /**
         * Sets the objective by which scales of weights and ranges of static layers' inputs are searched on
         * calibration audio, which is then needed. By default there is no search: the largest weight of a channel
         * becomes the largest level of 8 bits, weights of fewer bits have the least squared error of the weights
         * themselves, and ranges are those observed. Native engine only.
         */
        public RecipeBuilder objective(ScaleObjective chosen) {
            this.objective = Optional.of(chosen);
            return this;
        }

        /**
         * Chooses observer and levels of static layers' activations, and scales of 8-bit weights, like PyTorch's
         * {@code get_default_qconfig}; {@link #observer}, {@link #symmetric} and {@link #reduceRange} take
         * precedence. Default: on libtorch the preset of the backend; on the native engine all 256 levels, and
         * weights with one scale for each output channel. It is refused with {@link #objective}, which chooses its
         * own scales.
         */
        public RecipeBuilder preset(Backend chosen) {
            this.preset = Optional.of(QuantPreset.of(chosen));
            return this;
        }

        @Override
        public Quantization build() {
            if (preset.isPresent() && objective.isPresent()) {
                throw new QuantizationException(
                        "the preset " + preset.get() + " and the calibration " + objective.get(),
                        "one of them: both choose the scales of weights",
                        "leave the preset out, and set observer, symmetric and reduceRange apart");
            }
            return new Quantization(this, rules(preset, objective), Optional.empty());
        }
    }

    /** Builds a quantization within a budget. For one thread at a time. */
    public static final class BudgetBuilder extends Builder<BudgetBuilder> {
        private final Budget budget;
        private Sensitivity sensitivity = Sensitivity.MEDIAN;
        private ScaleObjective objective = ScaleObjective.MSE;
        private WeightScheme scheme = WeightScheme.LINEAR;

        private BudgetBuilder(Budget budget) {
            this.budget = Objects.requireNonNull(budget, "budget");
        }

        @Override
        BudgetBuilder self() {
            return this;
        }

        /**
         * Sets the user's speech, a few recordings without labels; ranges of static modules are found on it as well.
         */
        public BudgetBuilder tuneOn(AudioCorpus recordings) {
            listenTo(recordings);
            return this;
        }

        /** Sets the measure that decides which layers keep more bits. Default: {@link Sensitivity#MEDIAN}. */
        public BudgetBuilder sensitivity(Sensitivity chosen) {
            this.sensitivity = Objects.requireNonNull(chosen, "sensitivity");
            return this;
        }

        /**
         * Sets the objective by which scales of weights, and ranges of static layers' inputs, are searched. Default:
         * {@link ScaleObjective#MSE}.
         */
        public BudgetBuilder objective(ScaleObjective chosen) {
            this.objective = Objects.requireNonNull(chosen, "objective");
            return this;
        }

        /** Sets the values that weights of 8 bits and fewer may have. Default: {@link WeightScheme#LINEAR}. */
        public BudgetBuilder weightScheme(WeightScheme chosen) {
            this.scheme = Objects.requireNonNull(chosen, "scheme");
            return this;
        }

        @Override
        public Quantization build() {
            Tuning tuning = new Tuning(budget, sensitivity, objective, scheme);
            return new Quantization(this, rules(Optional.empty(), Optional.empty()), Optional.of(tuning));
        }
    }
}
