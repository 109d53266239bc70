package org.quantvoice;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.audio.Resampler;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.CancelledException;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.kernels.PhysicalCores;
import org.quantvoice.internal.lifetime.LostObjects;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.TranscriptStreams;
import org.quantvoice.internal.longform.LongFrames;
import org.quantvoice.internal.longform.PartSpans;
import org.quantvoice.internal.tasks.OrderedTasks;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.quantvoice.stream.WindowOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A speech recogniser, ready to run.
 *
 * <pre>{@code
 * try (QuantSession session = QuantSession.builder().build()) {
 *     String words = session.transcribe(Path.of("call.wav")).text();
 * }
 * }</pre>
 *
 * <p>Any number of threads may use a session at once. {@link #close()} waits for runs that are under way; afterwards every
 * other method throws {@link IllegalStateException}. Bad input leaves the session usable.
 */
public final class QuantSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuantSession.class);

    private final AcousticModel model;
    private final ModelCard card;
    private final Transcriber transcriber;
    private final Optional<Decoder> chosenDecoder;
    private final Function<Engine, AcousticModel> reopen;
    private final LongAudio longAudio;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** The session whose model this one shares; null if this session owns its model. */
    private final @Nullable QuantSession owner;

    private final ModelFit fit;
    private boolean closed;
    private final LostObjects.Watch watch;

    /** @param chosenDecoder decoder that streams use as well; empty for their own default */
    QuantSession(
            AcousticModel model,
            Transcriber transcriber,
            Optional<Decoder> chosenDecoder,
            LongAudio longAudio,
            Function<Engine, AcousticModel> reopen) {
        this.model = model;
        this.chosenDecoder = chosenDecoder;
        this.reopen = reopen;
        this.card = transcriber.card();
        this.longAudio = longAudio;
        this.fit = new ModelFit(card);
        this.transcriber = transcriber;
        owner = null;
        watch = LostObjects.watch(this, "a QuantSession");
    }

    private QuantSession(QuantSession owner, Decoder decoder, Decoder ofStreams) {
        model = owner.model;
        reopen = owner.reopen;
        card = owner.card;
        fit = owner.fit;
        transcriber = new Transcriber(owner.card, decoder);
        chosenDecoder = Optional.of(ofStreams);
        longAudio = owner.longAudio;
        this.owner = owner;
        watch = owner.watch;
    }

    public static QuantSessionBuilder builder() {
        return new QuantSessionBuilder();
    }

    /** Returns the default number of threads of a run: the physical cores, or all processors if those are unknown. */
    public static int defaultThreads() {
        return PhysicalCores.count();
    }

    /**
     * Returns the words of a recording of any length and rate, WAV or FLAC; its channels are averaged, and the memory
     * is bounded as {@link LongAudio} describes.
     *
     * @throws AudioFormatException if the file cannot be read, or is shorter than the model's window
     */
    public Transcript transcribe(Path audioFile) {
        return transcribe(audioFile, RecordingOptions.defaults());
    }

    private Transcript transcribe(Path audioFile, RecordingOptions options) {
        return running(() -> options.cancellation().running("transcribing " + audioFile, () -> {
            try (AudioStream stream = AudioFiles.open(audioFile)) {
                return transcribe(stream, options, new TranscriptListener() {});
            }
        }));
    }

    /**
     * Returns the words of audio at any rate.
     *
     * @throws AudioFormatException if it is shorter than the model's window
     */
    public Transcript transcribe(Audio audio) {
        return transcribe(new SamplesStream(audio));
    }

    /**
     * Returns the words of a recording that is a stream, from a pipe for example; the stream is read to its end and
     * stays open.
     *
     * @throws AudioFormatException if it cannot be read, or is shorter than the model's window
     */
    public Transcript transcribe(AudioStream recording) {
        return transcribe(recording, RecordingOptions.defaults(), new TranscriptListener() {});
    }

    /**
     * Transcribes a part of a recording, or its channels, and notifies a listener while it is read.
     *
     * @param recording is read to its end, or to the end of the part; stays open
     * @throws AudioFormatException if it cannot be read, or is shorter than the model's window, or lacks a channel
     */
    public Transcript transcribe(AudioStream recording, RecordingOptions options, TranscriptListener listener) {
        return running(() -> {
            options.part().ifPresent(part -> part.requireFit(streams(), card.vocabulary()));
            return options.cancellation().running("transcribing " + recording.name(), () -> {
                try (Recording reading = new Recording(recording, options, listener, recordingParts())) {
                    return reading.transcribe();
                }
            });
        });
    }

    /**
     * Transcribes many recordings, as many at the same time as the session has threads: a run on each core ends
     * sooner than runs that are split over the cores one after the other. Results come in the order of the files
     * while later files are still being transcribed; a file that cannot be read gives a result with its error. Only a
     * few files are taken ahead of the results that the caller has read.
     *
     * @return the results; the stream must be closed, and closing it early interrupts the runs under way
     * @throws IllegalStateException out of the stream, if the session is closed before the end
     */
    public Stream<TranscriptResult> transcribeAll(Stream<Path> files) {
        return transcribeAll(files, RecordingOptions.defaults());
    }

    /**
     * Transcribes recordings with options, which hold for each of them.
     *
     * @throws org.quantvoice.error.CancelledException out of the stream, if the caller's thread is interrupted,
     *     or the condition of {@link RecordingOptions.Builder#cancelWhen} holds
     */
    public Stream<TranscriptResult> transcribeAll(Stream<Path> files, RecordingOptions options) {
        return OrderedTasks.<Path, TranscriptResult>stream(
                        files.iterator(), file -> transcribeOne(file, options), info().threads())
                .onClose(files::close);
    }

    /** Transcribes a list of recordings in the same way. */
    public Stream<TranscriptResult> transcribeAll(Collection<Path> files) {
        return transcribeAll(files.stream());
    }

    private TranscriptResult transcribeOne(Path file, RecordingOptions options) {
        try {
            return new TranscriptResult(file, transcribe(file, options), null);
        } catch (CancelledException e) {
            throw e;
        } catch (QuantVoiceException e) {
            return new TranscriptResult(file, null, e);
        }
    }

    private ChannelTranscriber.Parts recordingParts() {
        return new ChannelTranscriber.Parts(
                sampleRate(),
                longAudio.wholeUpTo(),
                audio -> LeadingSilence.heard(this, card, this::wholeLogProbs, transcriber, audio),
                (part, words) -> new WindowedRecogniser(model, transcriber, longAudio, part, words));
    }

    /**
     * Returns the output of the model, natural log-probs {@code [frames, vocabulary]}; those of audio longer than
     * {@link LongAudio#wholeUpTo()} are joined from windows.
     *
     * @throws AudioFormatException if the audio is shorter than the model's window
     * @throws ModelFormatException if the model has another vocabulary than its token list
     */
    public LogProbs logProbs(Audio audio) {
        return running(() -> audio.seconds() > longAudio.wholeUpTo() ? longLogProbs(audio) : wholeLogProbs(audio));
    }

    private LogProbs longLogProbs(Audio audio) {
        List<LogProbs> pieces = new ArrayList<>();
        try (LongFrames frames = WindowedRecogniser.frames(model, card, longAudio, PartSpans.all(), pieces::add)) {
            frames.accept(Resampler.resample(audio, card.sampleRate()).samples());
            frames.finish();
        }
        return LogProbs.concat(pieces, card.vocabulary().size());
    }

    private LogProbs wholeLogProbs(Audio audio) {
        Audio resampled = Resampler.resample(audio, card.sampleRate());
        int length = resampled.samples().length;
        if (length < card.minSamples()) {
            throw new AudioFormatException(
                    "audio of " + length + " samples at " + card.sampleRate() + " Hz",
                    "at least " + card.minSamples() + ", one frame of the model",
                    "pass a longer recording");
        }
        LogProbs result = model.run(resampled.samples());
        ModelFit.checkVocabulary(result.vocabulary(), card.vocabulary());
        fit.checkHop(length, result.frames());
        return result;
    }

    /**
     * Finds the times of the words of a known text in the audio, and the model's confidence in each, by CTC forced
     * alignment.
     *
     * @param text words in the letters of the vocabulary, separated by white space
     * @throws org.quantvoice.error.DecoderException if the vocabulary cannot spell the text, or it is too long for
     *     the audio
     */
    public Transcript align(Audio audio, String text) {
        LogProbs result = logProbs(audio);
        return running(() -> transcriber.align(result, text, audio.seconds()));
    }

    /** Decodes the log-probs that {@link #logProbs} returned, so that the two steps can be timed separately. */
    public Transcript decode(LogProbs logProbs, double audioSeconds) {
        return running(() -> transcriber.transcribe(logProbs, audioSeconds));
    }

    /**
     * Opens a live stream: with caches if the model has them, else with overlapping windows, whose words come {@link
     * WindowOptions#latency()} late (1.5 s by default; the log says so).
     */
    public TranscriptStream stream() {
        if (streams()) {
            return stream(streamOptions());
        }
        WindowOptions options = windowOptions();
        LOG.info("the model is not causal: windows of {} s, words {} s late", options.window(), options.latency());
        return stream(options);
    }

    /** Returns whether the model is causal and has caches, so that {@link #stream(StreamOptions)} works. */
    public boolean streams() {
        return model instanceof StreamingModel;
    }

    /**
     * Returns the settings of live streams with which the session was built, else those of the model's token list
     * (also inside a {@code .qv} file), else the defaults. The first pass is the decoder with which the session was
     * built, if one was chosen.
     */
    public StreamOptions streamOptions() {
        StreamOptions usual = card.training().map(StreamTraining::options).orElseGet(StreamOptions::defaults);
        return chosenDecoder.map(usual::withFirstPass).orElse(usual);
    }

    /**
     * Returns the options for long recordings: those of the session; options that it leaves out come from the model's
     * token list.
     */
    public LongAudio longAudio() {
        return longAudio;
    }

    /**
     * Returns the settings of streams by windows: the defaults, with the decoder with which the session was built.
     */
    public WindowOptions windowOptions() {
        WindowOptions usual = WindowOptions.defaults();
        return chosenDecoder.map(d -> usual.withDecoder(vocabulary -> d)).orElse(usual);
    }

    /** Refuses settings that no stream could have. */
    void requireStreams() {
        TranscriptStreams.requireFit(causal().constants(), streamOptions());
    }

    /** Returns the seconds from the first sound of a chunk until the chunk can be computed. */
    public double latency(StreamOptions options) {
        return TranscriptStreams.latency(causal().constants(), options);
    }

    private StreamingModel causal() {
        if (model instanceof StreamingModel causal) {
            return causal;
        }
        throw new UnsupportedOperatorException(
                "a model without " + String.join(", ", StreamingModel.METHODS),
                "a streaming model (U2) exported for WeNet's runtime",
                "stream it by windows: stream(WindowOptions)");
    }

    /**
     * Returns a live stream over a model with caches (U2). Samples are at {@link #sampleRate()}.
     *
     * @throws UnsupportedOperatorException if the model has no caches; the message lists the methods that it lacks
     */
    public TranscriptStream stream(StreamOptions options) {
        StreamingModel causal = causal();
        card.training().flatMap(t -> t.mismatch(options)).ifPresent(LOG::warn);
        return running(() -> TranscriptStreams.cached(causal, card.vocabulary(), card.sampleRate(), options));
    }

    /**
     * Returns a live stream over any model by overlapping windows; words come {@link WindowOptions#latency()} late.
     * Samples are at {@link #sampleRate()}.
     */
    public TranscriptStream stream(WindowOptions options) {
        return running(() -> TranscriptStreams.windowed(
                model, card.vocabulary(), card.sampleRate(), card.frameHop(), card.minSamples(), options));
    }

    /**
     * Returns a session that shares this one's model and prefers some phrases, which replace the phrases of this one;
     * it serves one caller of many. It is open as long as this one is; closing it does nothing.
     *
     * @throws DecoderException if the vocabulary cannot spell a phrase, or the decoder takes no hotwords
     */
    public QuantSession withHotwords(Hotwords hotwords) {
        Decoder ofStreams = chosenDecoder.orElseGet(() -> streams()
                ? PrefixBeam.with(card.vocabulary(), StreamOptions.firstPass().build())
                : PrefixBeam.with(card.vocabulary()));
        return new QuantSession(
                owner == null ? this : owner,
                preferring(transcriber.decoder(), hotwords),
                preferring(ofStreams, hotwords));
    }

    private static Decoder preferring(Decoder decoder, Hotwords hotwords) {
        if (decoder instanceof PrefixBeam beam) {
            return beam.withHotwords(hotwords);
        }
        throw new DecoderException(
                "hotwords for a " + decoder.getClass().getSimpleName(),
                "a prefix beam search",
                "build the session with a PrefixBeam, or leave the hotwords out");
    }

    /**
     * Writes the model in the engine's own format, quantized if the session quantized it, and its token list beside
     * it: {@code int8.tokens.json} for {@code int8.pt}.
     *
     * @throws OutputException if that fails, or the name does not end in {@code .qv} (NATIVE) or {@code .pt}
     *     (LIBTORCH); an old file at the path stays unchanged
     */
    public void save(Path target) {
        running(() -> {
            ModelFit.requireName(target, model.info().engine());
            byte[] tokens = card.toJson().getBytes(StandardCharsets.UTF_8);
            Path sidecar = ModelSource.sidecar(target.toAbsolutePath());
            AtomicFile.replaceBoth(target, model::save, sidecar, out -> out.write(tokens));
            return target;
        });
    }

    /** Returns the exports of the model, as it is in the session, for other runtimes: TorchScript, ONNX. */
    public ModelExport export() {
        return new ModelExport(this, model, card, reopen);
    }

    /**
     * Returns the report of quantization and, for a model with caches, the settings of its streams (without layers if
     * nothing was quantized); empty for other models that were not quantized.
     */
    public Optional<QuantReport> report() {
        Optional<QuantReport> made = running(model::report);
        if (!streams()) {
            return made;
        }
        long bytes = info().modelBytes();
        return Optional.of(made.orElseGet(() -> new QuantReport(List.of(), bytes, bytes))
                .withStream(StreamTraining.settings(streamOptions())));
    }

    public ModelInfo info() {
        return running(model::info);
    }

    public Vocabulary vocabulary() {
        return card.vocabulary();
    }

    /** Returns the rate of the model's input in hertz; other audio is resampled. */
    public int sampleRate() {
        return card.sampleRate();
    }

    /**
     * Waits for runs that are under way in other threads, then releases the model. Closing again does nothing, nor does
     * closing a session that {@link #withHotwords} made.
     */
    @Override
    public void close() {
        if (owner != null) {
            return;
        }
        if (lock.getReadHoldCount() > 0) {
            throw new IllegalStateException("got close() inside a run of the same thread; expected it after the run");
        }
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                watch.closed();
                model.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    <T> T running(Supplier<T> run) {
        if (owner != null) {
            return owner.running(run);
        }
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("got a closed session; expected an open one: build another");
            }
            return run.get();
        } finally {
            lock.readLock().unlock();
        }
    }
}
