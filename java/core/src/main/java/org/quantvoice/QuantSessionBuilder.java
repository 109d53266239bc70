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

    /**
     * Whether the model has a token list, without which {@link #build()} refuses it and {@link #acousticModel()} does not.
     *
     * @throws org.quantvoice.error.QuantVoiceException if there is no such model, or its list is damaged
     */
    public boolean hasTokens() {
        return ModelSource.of(model, vocabulary).card().isPresent();
    }

    /** The file of the token list; nothing if the model is an embedded one, or itself holds the list that is read. */
    public Optional<Path> vocabularyFile() {
        return ModelSource.list(model, vocabulary);
    }

    /** How the model is quantized. Default: it stays as it is. */
    public QuantSessionBuilder quantize(Quantization chosen) {
        this.quantization = Optional.of(chosen);
        return this;
    }

    /** Short for {@code quantize(Quantization.int8())}. */
    public QuantSessionBuilder int8() {
        return quantize(Quantization.int8());
    }

    /** Default: the native engine if it reads the file, else libtorch. */
    public QuantSessionBuilder engine(Engine chosen) {
        this.engine = Optional.of(chosen);
        return this;
    }

    /** A quantized backend of libtorch; implies {@link Engine#LIBTORCH} if no engine is chosen, and is refused beside another. */
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
     * Whether the weights as they are packed for this CPU are kept in a file beside the model, {@code model.qv.TIER.packed}, about
     * as large as the model, so that the next start only reads them. A file of another model, CPU or version is made anew, a
     * damaged one too; where none can be written a warning says so and the model runs all the same. For {@code .qv} files that are
     * opened as they are; anything else is refused. Default: false.
     */
    public QuantSessionBuilder keepPacked(boolean on) {
        this.keepPacked = on;
        return this;
    }

    /**
     * Lets each frame of self-attention see only frames near it, for recordings that are too long to be heard as a whole: time and
     * memory then grow with the length and not with its square. Counted in frames of the encoder. Saved with the model. A model
     * that was not trained so hears worse the smaller the window is. For {@code .qv} files of models of whole utterances, all
     * of whose self-attention the engine knows: others are refused by {@link #build()}. Default: what the file says, else all frames.
     *
     * @param before frames to the left that a frame sees, 0 or more
     * @param after frames to the right, 0 or more
     * @param global the first so many frames are seen by all frames and see all frames, 0 or more; 0 for causal models
     * @throws IllegalArgumentException if one is less than 0
     */
    public QuantSessionBuilder localAttention(int before, int after, int global) {
        this.localAttention = Optional.of(new LocalAttention(before, after, global).toString());
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

    /**
     * Ends {@link #build()} with a {@link org.quantvoice.error.CancelledException} as soon as a condition holds, as an interrupt of its
     * thread does in any case: between two steps, at each report of progress. Nothing is left open or half-written. An {@code
     * AtomicBoolean} serves: {@code cancelWhen(stop::get)}. Default: never.
     */
    public QuantSessionBuilder cancelWhen(BooleanSupplier condition) {
        this.cancellation = Cancellation.when(condition);
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
        return cancellation.running(BUILDING, this::made);
    }

    private QuantSession made() {
        ModelSource found = ModelSource.of(model, vocabulary);
        ModelSource source = streaming.map(found::with).orElse(found);
        Engines available = engines.get();
        if (source.card().isEmpty()) {
            available.choose(source.file(), wanted()); // says what a file is that is no model
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
     * The model alone, for callers who decode on their own. Needs a token list only to know the rate to which calibration
     * audio must be brought.
     *
     * @throws org.quantvoice.error.QuantVoiceException as {@link #build()}
     */
    public AcousticModel acousticModel() {
        return cancellation.running(BUILDING, () -> {
            ModelSource source = ModelSource.of(model, vocabulary);
            return open(source, request(source, engines.get(), wanted()));
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
        AcousticModel opened = engines.get().open(request, wanted(), fallback);
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
