package org.quantvoice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.engine.ModelRequest;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.CalibrationException;
import org.quantvoice.internal.kernels.PhysicalCores;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.AverageBits;
import org.quantvoice.quant.Budget;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.QuantPreset;
import org.quantvoice.quant.QuantRecipe;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.ScaleRules;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.quant.Tuning;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Options of a {@link QuantSession}; every one has a default. For one thread at a time. */
public final class QuantSessionBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(QuantSession.class);

    private String model = ModelSource.DEFAULT;
    private @Nullable Path vocabulary;
    private final List<String> staticModules = new ArrayList<>();
    private final List<String> dynamicModules = new ArrayList<>();
    private final Map<String, WeightFormat> weights = new LinkedHashMap<>();
    private ActivationRanges ranges = ActivationRanges.NONE;
    private boolean int8;
    private Optional<Budget> budget = Optional.empty();
    private Sensitivity sensitivity = Sensitivity.MEDIAN;
    private Optional<ScaleObjective> objective = Optional.empty();
    private Optional<QuantPreset> preset = Optional.empty();
    private boolean symmetric;
    private boolean reduceRange;
    private WeightScheme scheme = WeightScheme.LINEAR;
    private @Nullable AudioCorpus calibration;
    private Optional<ActivationObserver> observer = Optional.empty();
    private boolean guard = true;
    private Optional<Engine> engine = Optional.empty();
    private Optional<Backend> backend = Optional.empty();
    private int threads = PhysicalCores.count();
    private boolean fallback = true;
    private boolean verify = true;
    private Optional<UnaryOperator<StreamSettings>> streaming = Optional.empty();
    private Progress progress = Progress.none();
    private LongAudio longAudio = LongAudio.defaults();
    private Optional<Function<Vocabulary, ? extends Decoder>> decoder = Optional.empty();
    private Supplier<Engines> engines = Engines::installed;

    QuantSessionBuilder() {}

    /** A model file. Default: the embedded model {@code digits}. */
    public QuantSessionBuilder model(Path file) {
        return model(file.toAbsolutePath().toString());
    }

    /** The name of an embedded model, or the path of a file. */
    public QuantSessionBuilder model(String nameOrPath) {
        this.model = Objects.requireNonNull(nameOrPath, "model");
        return this;
    }

    /** The file of the chosen model; an embedded one is extracted first. */
    public Path modelFile() {
        return ModelSource.file(model);
    }

    /** The token list of the model. Default: {@code tokens.json} beside the model. */
    public QuantSessionBuilder vocabulary(Path tokens) {
        this.vocabulary = Objects.requireNonNull(tokens, "vocabulary");
        return this;
    }

    /** Adds modules whose activations get fixed ranges from calibration audio; a name covers all below it. */
    public QuantSessionBuilder staticInt8(String... modules) {
        staticModules.addAll(List.of(modules));
        return this;
    }

    /** Adds modules whose activations get their ranges at each run; a name covers all below it. */
    public QuantSessionBuilder dynamicInt8(String... modules) {
        dynamicModules.addAll(List.of(modules));
        return this;
    }

    /**
     * Quantizes what suits the model: dynamic int8 where a layer can take it, static int8 for convolutions if there is
     * calibration audio. Names given to {@link #staticInt8} or {@link #dynamicInt8} go before.
     */
    public QuantSessionBuilder int8() {
        this.int8 = true;
        return this;
    }

    /**
     * Ranges from an earlier calibration ({@link QuantReport#ranges}): static layers that they name need no audio.
     * Those of the native engine lack the outputs' ranges, which libtorch needs.
     */
    public QuantSessionBuilder ranges(ActivationRanges known) {
        this.ranges = Objects.requireNonNull(known, "known");
        return this;
    }

    /**
     * Keeps the weights of modules in other numbers than 8 bits; a name covers all below it, and no name is the whole model.
     * Without {@link #staticInt8} and {@link #dynamicInt8} it implies {@link #int8}. Native engine only.
     */
    public QuantSessionBuilder weights(WeightFormat format, String... modules) {
        Objects.requireNonNull(format, "format");
        for (String module : modules.length == 0 ? new String[] {""} : modules) {
            weights.put(module, format);
        }
        return this;
    }

    /**
     * Chooses the bits of each layer so that neither the {@code .qv} file nor the weights in memory take more than this;
     * needs {@link #tuneOn}. Without {@link #staticInt8} and {@link #dynamicInt8} it implies {@link #int8}. Native engine
     * only.
     */
    public QuantSessionBuilder budget(DataSize size) {
        this.budget = Optional.of(size);
        return this;
    }

    /**
     * The same with a budget of bits a weight, on average over all weights of the layers that are tuned; the one set last
     * holds.
     *
     * @throws org.quantvoice.error.BudgetException if the number is not above 0
     */
    public QuantSessionBuilder averageBits(double bits) {
        this.budget = Optional.of(new AverageBits(bits));
        return this;
    }

    /** The user's speech, a few recordings without labels; ranges of static modules are found on it as well. */
    public QuantSessionBuilder tuneOn(AudioCorpus recordings) {
        return calibrateOn(recordings);
    }

    /** Which layers keep more bits under a budget. Default: {@link Sensitivity#MEDIAN}. */
    public QuantSessionBuilder sensitivity(Sensitivity chosen) {
        this.sensitivity = Objects.requireNonNull(chosen, "sensitivity");
        return this;
    }

    /**
     * How scales of weights and ranges of static layers' inputs are searched on the calibration audio, which it needs. Default:
     * {@link ScaleObjective#MSE} for the weights under a budget, else no search: the largest weight of a channel is the
     * largest level of 8 bits, weights of fewer bits have the least squared error of their own, ranges are as observed.
     * Native engine only. Without names it implies {@link #int8}.
     */
    public QuantSessionBuilder calibration(ScaleObjective chosen) {
        this.objective = Optional.of(chosen);
        return this;
    }

    /**
     * Observer and levels of static layers' activations, and scales of 8-bit weights, as PyTorch's {@code
     * get_default_qconfig} has them; {@link #observer}, {@link #symmetric} and {@link #reduceRange} go before. Default: on
     * libtorch that of the backend; on the native engine all 256 levels, and weights with a scale an output channel. Not
     * beside a budget or {@link #calibration}, which choose scales of their own. Without names it implies {@link #int8}.
     */
    public QuantSessionBuilder preset(QuantPreset chosen) {
        this.preset = Optional.of(chosen);
        return this;
    }

    /** Lets the middle level of static layers' activations stand for 0. Default: the range is covered as it is (affine). */
    public QuantSessionBuilder symmetric(boolean on) {
        this.symmetric = on;
        return this;
    }

    /**
     * Keeps static layers' activations to 7 bits ({@code reduce_range}), which kernels need that add pairs of products in 16
     * bits: libtorch's on CPUs without VNNI. The native kernels do not, with or without VNNI. Default: as the preset, else
     * as libtorch's backend has it; 8 bits on the native engine.
     */
    public QuantSessionBuilder reduceRange(boolean on) {
        this.reduceRange = on;
        return this;
    }

    /** Which values weights of 8 bits and less may take under a budget. Default: {@link WeightScheme#LINEAR}. */
    public QuantSessionBuilder weightScheme(WeightScheme chosen) {
        this.scheme = Objects.requireNonNull(chosen, "scheme");
        return this;
    }

    /** Typical speech, from which the ranges of static modules are found; 10 utterances do. */
    public QuantSessionBuilder calibrateOn(AudioCorpus corpus) {
        this.calibration = Objects.requireNonNull(corpus, "corpus");
        return this;
    }

    /** How ranges are found from the calibration audio. Default: {@link ActivationObserver#HISTOGRAM}. */
    public QuantSessionBuilder observer(ActivationObserver chosen) {
        this.observer = Optional.of(chosen);
        return this;
    }

    /**
     * Whether a layer stays float when calibration audio shows that rounding destroys its output: less than 10 dB of signal to
     * noise in the worst frame. Default: true. On libtorch static layers, whose outputs are rounded; on the native engine all
     * layers with weights of 8 bits or fewer, whose inputs are. Off: there is only a warning.
     */
    public QuantSessionBuilder guard(boolean on) {
        this.guard = on;
        return this;
    }

    /** Default: the native engine if it reads the file, else libtorch. */
    public QuantSessionBuilder engine(Engine chosen) {
        this.engine = Optional.of(chosen);
        return this;
    }

    /** A quantized backend of libtorch; implies {@link Engine#LIBTORCH} if no engine is chosen. */
    public QuantSessionBuilder backend(Backend chosen) {
        this.backend = Optional.of(chosen);
        return this;
    }

    /**
     * Threads of one run. Default: the physical cores, or all processors where those are unknown.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public QuantSessionBuilder threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("got " + count + " threads; expected at least 1");
        }
        this.threads = count;
        return this;
    }

    /** Whether libtorch may run, with a warning, what the native engine does not know. Default: true. */
    public QuantSessionBuilder fallback(boolean on) {
        this.fallback = on;
        return this;
    }

    /**
     * Whether a model of another format is run twice on noise as it is imported, natively and by its own runtime, and refused
     * if the results differ: some tenths of a second, a few seconds for a large model. Default: true.
     */
    public QuantSessionBuilder verify(boolean on) {
        this.verify = on;
        return this;
    }

    /**
     * Makes the decoder, e.g. {@code GreedyDecoder::with}; it is the first pass of live streams too ({@link
     * org.quantvoice.stream.StreamOptions#withFirstPass}). Default: prefix beam search without language model, width 100, of
     * streams over a model with caches width 10.
     */
    public QuantSessionBuilder decoder(Function<Vocabulary, ? extends Decoder> factory) {
        this.decoder = Optional.of(factory);
        return this;
    }

    /**
     * How live streams run unless told otherwise; saved with the model. For models with caches (U2). Default: what the token
     * list says, else chunks of 16 frames with all history.
     */
    public QuantSessionBuilder streaming(StreamSettings settings) {
        Objects.requireNonNull(settings, "settings");
        return streaming(usual -> settings);
    }

    /** The same, made of what the token list says. */
    public QuantSessionBuilder streaming(UnaryOperator<StreamSettings> change) {
        this.streaming = Optional.of(change);
        return this;
    }

    /** How long recordings are transcribed. Default: {@link LongAudio#defaults()}. */
    public QuantSessionBuilder longAudio(LongAudio options) {
        this.longAudio = Objects.requireNonNull(options, "longAudio");
        return this;
    }

    public QuantSessionBuilder progress(Progress listener) {
        this.progress = Objects.requireNonNull(listener, "progress");
        return this;
    }

    /** For tests: the engines to choose from. */
    QuantSessionBuilder engines(Engines chosen) {
        this.engines = () -> chosen;
        return this;
    }

    /**
     * Loads the model, quantizes it if asked, and makes it ready.
     *
     * @throws org.quantvoice.error.QuantVoiceException if a file, the recipe or the platform does not allow it
     */
    public QuantSession build() {
        ModelSource found = ModelSource.of(model, vocabulary);
        ModelSource source = streaming.map(found::with).orElse(found);
        ModelCard card = source.requireCard();
        Optional<Decoder> chosen = decoder.map(d -> d.apply(card.vocabulary()));
        Decoder made = chosen.orElseGet(() -> PrefixBeam.with(card.vocabulary()));
        LongAudio resolved = longAudio.with(card.lengths());
        Engines available = engines.get();
        ModelRequest request = request(source, available, wanted());
        QuantSession session = new QuantSession(
                open(source, request),
                new Transcriber(card, made),
                chosen,
                resolved,
                other -> available.reopen(request, other));
        return streaming.isPresent() ? checked(session) : session;
    }

    private static QuantSession checked(QuantSession session) {
        try {
            session.requireStreams();
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * The model alone, for callers who decode on their own. Needs a token list only to know the rate to which calibration
     * audio must be brought.
     *
     * @throws org.quantvoice.error.QuantVoiceException as {@link #build()}
     */
    public AcousticModel acousticModel() {
        ModelSource source = ModelSource.of(model, vocabulary);
        return open(source, request(source, engines.get(), wanted()));
    }

    private Optional<Engine> wanted() {
        return engine.or(() -> backend.map(b -> Engine.LIBTORCH));
    }

    private ModelRequest request(ModelSource source, Engines available, Optional<Engine> wanted) {
        ScaleRules rules = rules();
        Optional<QuantRecipe> recipe = recipe(source, available, wanted, rules).map(r -> ruled(r, rules));
        boolean known = calibration == null && !ranges.byLayer().isEmpty();
        boolean listens = budget.isPresent()
                || rules.objective().isPresent()
                || (!known && recipe.filter(QuantRecipe::needsCalibration).isPresent());
        List<Audio> audio = listens ? calibration(source) : List.of();
        return new ModelRequest(
                source.file(),
                recipe,
                audio,
                backend,
                threads,
                progress,
                source.card().map(ModelCard::toJson),
                budget.map(b -> new Tuning(b, sensitivity, objective.orElse(ScaleObjective.MSE), scheme)),
                verify);
    }

    /** Under a budget the objective is the tuning's. */
    private ScaleRules rules() {
        Optional<ScaleObjective> own = budget.isPresent() ? Optional.empty() : objective;
        if (preset.isPresent() && (budget.isPresent() || own.isPresent())) {
            throw new CalibrationException(
                    "the preset " + preset.get() + " and "
                            + own.map(o -> "the calibration " + o).orElse("a budget"),
                    "one of them: both choose the scales of weights",
                    "leave the preset out, and set observer, symmetric and reduceRange apart");
        }
        return new ScaleRules(preset, symmetric, reduceRange, own);
    }

    private static QuantRecipe ruled(QuantRecipe recipe, ScaleRules rules) {
        if ((rules.symmetric() || rules.reduceRange()) && !recipe.needsCalibration()) {
            throw new CalibrationException(
                    "levels of activations (" + rules.describeActivations() + ") and no static module",
                    "static modules: dynamic ones choose their levels themselves",
                    "name modules with staticInt8 (--static), or pass calibration audio for the convolutions");
        }
        return recipe.withRules(rules);
    }

    private AcousticModel open(ModelSource source, ModelRequest request) {
        AcousticModel opened = engines.get().open(request, wanted(), fallback);
        try {
            ModelInfo info = opened.info();
            if (info.vocabulary() > 0 && source.card().isPresent()) {
                ModelFit.checkVocabulary(info.vocabulary(), source.requireCard().vocabulary());
            }
            String on = info.engine() + info.backend().map(b -> " " + b).orElse("");
            LOG.info("{}: {} ({}), {} threads", source.name(), on, info.isa(), info.threads());
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private Optional<QuantRecipe> recipe(
            ModelSource source, Engines available, Optional<Engine> wanted, ScaleRules rules) {
        ActivationObserver found =
                observer.or(() -> preset.map(QuantPreset::observer)).orElse(ActivationObserver.HISTOGRAM);
        if (!staticModules.isEmpty() || !dynamicModules.isEmpty()) {
            return Optional.of(new QuantRecipe(staticModules, dynamicModules, found, guard, weights, ranges));
        }
        if (!int8 && weights.isEmpty() && budget.isEmpty() && rules.equals(ScaleRules.ENGINE)) {
            return Optional.empty();
        }
        var modules = available.choose(source.file(), wanted).modules(source.file());
        boolean known = calibration != null || !ranges.byLayer().isEmpty();
        QuantRecipe advice = RecipeAdvice.of(modules, known, found, guard);
        return Optional.of(
                new QuantRecipe(advice.staticModules(), advice.dynamicModules(), found, guard, weights, ranges));
    }

    private String needsAudio() {
        return budget.isPresent()
                ? "a budget"
                : objective.map(o -> "the calibration " + o).orElse("static modules " + staticModules);
    }

    private List<Audio> calibration(ModelSource source) {
        AudioCorpus corpus = calibration;
        if (corpus == null || corpus.items().isEmpty()) {
            throw new CalibrationException(
                    needsAudio() + " and no calibration audio",
                    "a corpus of typical speech",
                    budget.isPresent()
                            ? "name one with tuneOn, or --on on the command line"
                            : "name one with calibrateOn, or --calibrate on the command line");
        }
        int rate = source.requireCard().sampleRate();
        List<Audio> audio = new ArrayList<>(corpus.items().size());
        for (AudioCorpus.Item item : corpus.items()) {
            progress.report(
                    "reading calibration audio", audio.size(), corpus.items().size());
            audio.add(Resampler.resample(AudioFiles.read(item.file()), rate));
        }
        LOG.info("calibrating on {} recordings", audio.size());
        return audio;
    }
}
