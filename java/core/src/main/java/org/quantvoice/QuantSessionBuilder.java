package org.quantvoice;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.kernels.PhysicalCores;
import org.quantvoice.internal.longform.LocalAttention;
import org.quantvoice.internal.tasks.Cancellation;
import org.quantvoice.quant.StreamSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Options of a {@link QuantSession}; every one has a default. For one thread at a time. */
public final class QuantSessionBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(QuantSession.class);

    private static final String BUILDING = "building a session";

    private String model = ModelSource.DEFAULT;
    private @Nullable Path vocabulary;
    private Optional<Quantization> quantization = Optional.empty();
    private Optional<Engine> engine = Optional.empty();
    private Optional<Backend> backend = Optional.empty();
    private int threads = PhysicalCores.count();
    private boolean fallback = true;
    private boolean verify = true;
    private boolean keepPacked;
    private Optional<String> localAttention = Optional.empty();
    private Optional<UnaryOperator<StreamSettings>> streaming = Optional.empty();
    private Progress progress = Progress.none();
    private Cancellation cancellation = Cancellation.INTERRUPTS;
    private LongAudio longAudio = LongAudio.defaults();
    private Optional<Function<Vocabulary, ? extends Decoder>> decoder = Optional.empty();
    private Supplier<Engines> engines = Engines::installed;

    QuantSessionBuilder() {}

    /** Chooses a model file. Default: the embedded model {@code digits}. */
    public QuantSessionBuilder model(Path file) {
        return model(file.toAbsolutePath().toString());
    }

    /** Chooses an embedded model by name, or a file by path. */
    public QuantSessionBuilder model(String nameOrPath) {
        this.model = Objects.requireNonNull(nameOrPath, "model");
        return this;
    }

    /** Returns the file of the chosen model; an embedded model is extracted first. */
    public Path modelFile() {
        return ModelSource.file(model);
    }

    /** Sets the token list of the model. Default: {@code tokens.json} beside the model. */
    public QuantSessionBuilder vocabulary(Path tokens) {
        this.vocabulary = Objects.requireNonNull(tokens, "vocabulary");
        return this;
    }

    /**
     * Returns whether the model has a token list, without which {@link #build()} refuses it and {@link
     * #acousticModel()} does not.
     *
     * @throws org.quantvoice.error.QuantVoiceException if there is no such model, or its list is damaged
     */
    public boolean hasTokens() {
        try (ModelSource source = ModelSource.of(model, vocabulary)) {
            return source.card().isPresent();
        }
    }

    /**
     * Returns the file of the token list; empty if the model is embedded, or if the list inside the model is read.
     */
    public Optional<Path> vocabularyFile() {
        return ModelSource.list(model, vocabulary);
    }

    /** Sets how the model is quantized. Default: it is not quantized. */
    public QuantSessionBuilder quantize(Quantization chosen) {
        this.quantization = Optional.of(chosen);
        return this;
    }

    /** Quantizes as {@code quantize(Quantization.int8())} does. */
    public QuantSessionBuilder int8() {
        return quantize(Quantization.int8());
    }

    /** Chooses the engine. Default: the native engine if it reads the file, else libtorch. */
    public QuantSessionBuilder engine(Engine chosen) {
        this.engine = Optional.of(chosen);
        return this;
    }

    /**
     * Chooses a quantized backend of libtorch; it implies {@link Engine#LIBTORCH} if no engine is chosen, and is
     * refused with another engine.
     */
    public QuantSessionBuilder backend(Backend chosen) {
        this.backend = Optional.of(chosen);
        return this;
    }

    /**
     * Sets the number of threads of one run. Default: the physical cores, or all processors if those are unknown.
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

    /** Sets whether libtorch may run, with a warning, a model that the native engine does not know. Default: true. */
    public QuantSessionBuilder fallback(boolean on) {
        this.fallback = on;
        return this;
    }

    /**
     * Sets whether a model of another format is run on noise when it is imported, natively and by its own runtime,
     * and refused if the results differ. This takes some tenths of a second, or a few seconds for a large model.
     * Default: true.
     */
    public QuantSessionBuilder verify(boolean on) {
        this.verify = on;
        return this;
    }

    /**
     * Sets whether the weights, packed for this CPU, are stored in a file beside the model, {@code
     * model.qv.TIER.packed}, about as large as the model, so that the next start only reads them. A damaged file, or
     * one of another model, CPU or version, is written again; if the file cannot be written, a warning says so and
     * the model runs all the same. This works for {@code .qv} files that are opened without quantization; anything
     * else is refused. Default: false.
     */
    public QuantSessionBuilder keepPacked(boolean on) {
        this.keepPacked = on;
        return this;
    }

    /**
     * Lets each frame of self-attention see only frames near it, for recordings that are too long to be encoded as a
     * whole: time and memory then grow with the length and not with its square. Numbers are frames of the encoder,
     * and are saved with the model. A model that was not trained with local attention makes more errors the smaller
     * the window is. This works for {@code .qv} files of models of whole utterances, if the engine knows all of their
     * self-attention; {@link #build()} refuses others. Default: the setting in the file, else all frames.
     *
     * @param before frames to the left that a frame sees, 0 or more
     * @param after frames to the right, 0 or more
     * @param global number of frames at the beginning that all frames see and that see all frames, 0 or more; 0 for
     *     causal models
     * @throws IllegalArgumentException if one is less than 0
     */
    public QuantSessionBuilder localAttention(int before, int after, int global) {
        this.localAttention = Optional.of(new LocalAttention(before, after, global).toString());
        return this;
    }

    /**
     * Sets the factory of the decoder, e.g. {@code GreedyDecoder::with}; the decoder is the first pass of live
     * streams too ({@link org.quantvoice.stream.StreamOptions#withFirstPass}). Default: prefix beam search without
     * language model, with width 100, and width 10 in streams over a model with caches.
     */
    public QuantSessionBuilder decoder(Function<Vocabulary, ? extends Decoder> factory) {
        this.decoder = Optional.of(factory);
        return this;
    }

    /**
     * Sets the default settings of live streams over models with caches (U2), which are saved with the model.
     * Default: the settings in the token list, else chunks of 16 frames with all history.
     */
    public QuantSessionBuilder streaming(StreamSettings settings) {
        Objects.requireNonNull(settings, "settings");
        return streaming(usual -> settings);
    }

    /** Changes the settings of live streams that the token list has. */
    public QuantSessionBuilder streaming(UnaryOperator<StreamSettings> change) {
        this.streaming = Optional.of(change);
        return this;
    }

    /** Sets the options for long recordings. Default: {@link LongAudio#defaults()}. */
    public QuantSessionBuilder longAudio(LongAudio options) {
        this.longAudio = Objects.requireNonNull(options, "longAudio");
        return this;
    }

    public QuantSessionBuilder progress(Progress listener) {
        this.progress = Objects.requireNonNull(listener, "progress");
        return this;
    }

    /**
     * Ends {@link #build()} with a {@link org.quantvoice.error.CancelledException} as soon as a condition holds, as an interrupt of its
     * thread does in any case: between two steps, at each report of progress. Nothing is left open or half-written. An {@code
     * AtomicBoolean} serves: {@code cancelWhen(stop::get)}. Default: never.
     */
    public QuantSessionBuilder cancelWhen(BooleanSupplier condition) {
        this.cancellation = Cancellation.when(condition);
        return this;
    }

    /** Sets the engines to choose from, for tests. */
    QuantSessionBuilder engines(Engines chosen) {
        this.engines = () -> chosen;
        return this;
    }

    /**
     * Loads the model, quantizes it if a quantization is set, and makes it ready to run.
     *
     * @throws org.quantvoice.error.QuantVoiceException if a file, the recipe or the platform does not allow it
     */
    public QuantSession build() {
        return cancellation.running(BUILDING, () -> {
            try (ModelSource found = ModelSource.of(model, vocabulary)) {
                return made(streaming.map(found::with).orElse(found));
            }
        });
    }

    private QuantSession made(ModelSource source) {
        Engines available = engines.get();
        if (source.card().isEmpty()) {
            available.choose(source.file(), wanted()); // reports what kind of file it is if it is no model
        }
        ModelCard card = source.requireCard();
        Optional<Decoder> chosen = decoder.map(d -> d.apply(card.vocabulary()));
        Decoder usual = chosen.orElseGet(() -> PrefixBeam.with(card.vocabulary()));
        LongAudio resolved = longAudio.with(card.lengths());
        ModelRequest request = request(source, available, wanted());
        QuantSession session = new QuantSession(
                open(source, request),
                new Transcriber(card, usual),
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
     * Opens the model alone, for callers who decode on their own. A token list is needed only for the rate to which
     * calibration audio must be resampled.
     *
     * @throws org.quantvoice.error.QuantVoiceException as {@link #build()}
     */
    public AcousticModel acousticModel() {
        return cancellation.running(BUILDING, () -> {
            try (ModelSource source = ModelSource.of(model, vocabulary)) {
                return open(source, request(source, engines.get(), wanted()));
            }
        });
    }

    private Optional<Engine> wanted() {
        return engine.or(() -> backend.map(b -> Engine.LIBTORCH));
    }

    private ModelRequest request(ModelSource source, Engines available, Optional<Engine> wanted) {
        requireOneEngine();
        Progress checked = cancellation.checking(progress);
        Optional<QuantizationRequest> asked =
                quantization.map(q -> QuantizationRequest.of(q, source, available, wanted, checked));
        return new ModelRequest(
                source.file(),
                asked.map(QuantizationRequest::recipe),
                asked.map(QuantizationRequest::audio).orElse(List.of()),
                backend,
                threads,
                checked,
                source.card().map(ModelCard::toJson),
                quantization.flatMap(Quantization::tuning),
                verify,
                keepPacked,
                localAttention);
    }

    private void requireOneEngine() {
        if (localAttention.isPresent()
                && wanted().filter(e -> !e.equals(Engine.NATIVE)).isPresent()) {
            throw new EngineException(
                    "localAttention and the engine " + wanted().get(),
                    "the engine NATIVE, whose plan it is an option of",
                    "leave out localAttention (--local-attention), or choose NATIVE (--engine NATIVE)");
        }
        if (keepPacked && wanted().filter(e -> !e.equals(Engine.NATIVE)).isPresent()) {
            throw new EngineException(
                    "keepPacked and the engine " + wanted().get(),
                    "the engine NATIVE, the only one that packs weights",
                    "leave out keepPacked (--keep-packed), or choose NATIVE (--engine NATIVE)");
        }
        if (backend.isPresent()
                && engine.filter(e -> !e.equals(Engine.LIBTORCH)).isPresent()) {
            throw new EngineException(
                    "the backend " + backend.get() + " and the engine " + engine.get(),
                    "the engine LIBTORCH, whose backends these are",
                    "leave out the backend (--backend), or choose LIBTORCH (--engine LIBTORCH)");
        }
    }

    private AcousticModel open(ModelSource source, ModelRequest request) {
        AcousticModel opened = engines.get().open(request, source.opened(), wanted(), fallback);
        try {
            cancellation.check(BUILDING);
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
}
