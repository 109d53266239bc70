package org.quantvoice.internal.exec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Shape;
import org.quantvoice.internal.export.ModelPart;
import org.quantvoice.internal.export.ModelParts;
import org.quantvoice.internal.features.Fbank;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.live.DecoderScores;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.internal.program.ChunkGraph;
import org.quantvoice.internal.qv.QvStreamFile;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.source.StreamingGraphs;

/** A U2 model on the native executor: programs for each pair of chunk and cache length, made when first needed. */
public final class NativeStreamingModel implements AcousticModel, StreamingModel, ModelParts, Profiled {
    private static final int SAMPLE_RATE = 16_000;
    /** A weight of the right-to-left decoder with which it runs too, if there is one. */
    private static final double BOTH = 0.5;

    private final StreamingGraphs graphs;
    private final Optional<QuantReport> report;
    private final StreamSource source;
    private final long bytes;
    private final int threads;
    private final ChunkGraph chunks;
    private final ChunkRunner encoder;
    private final ChunkBatcher batcher;
    private final GraphRunner ctc;
    private final AttentionDecoder decoder;
    private final int width;
    private final Lifetime life = new Lifetime();

    /**
     * Packs the weights, takes ownership of the graphs, and runs one frame of silence through all of them, so that a
     * model that cannot work is refused here and not in the middle of a stream.
     *
     * @throws org.quantvoice.error.UnsupportedOperatorException if the executor lacks an operator of the graphs
     */
    public static NativeStreamingModel open(
            StreamingGraphs graphs, Optional<QuantReport> report, StreamSource source, long bytes) {
        NativeStreamingModel made = new NativeStreamingModel(graphs, report, source, bytes);
        StreamConstants constants = graphs.constants();
        int frames = constants.rightContext() + 1;
        try (StreamingState state = made.open(1, 0)) {
            EncodedFrames encoded = state.encode(new float[frames * constants.melBins()], frames);
            made.decode(List.of(new int[] {constants.eos()}), encoded.encoder(), encoded.frames(), BOTH);
            source.kept().ifPresent(made::keep);
            return made;
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    private NativeStreamingModel(
            StreamingGraphs graphs, Optional<QuantReport> report, StreamSource source, long bytes) {
        this.graphs = graphs;
        this.source = source;
        this.report = report;
        this.bytes = bytes;
        this.threads = source.threads();
        width = (int) graphs.ctc().inputs().get(0).shape().dim(-1).constant();
        chunks = new ChunkGraph(graphs.next());
        encoder = new ChunkRunner(chunks, threads, source.part("encoder"));
        ctc = new GraphRunner(graphs.ctc(), threads, source.part("ctc"), key -> List.of(new long[] {1, key, width}));
        decoder = new AttentionDecoder(graphs, width, source);
        int runs = Math.max(1, Runtime.getRuntime().availableProcessors() / threads);
        batcher = new ChunkBatcher(encoder::run, (frames, rows) -> ctc.run(frames, rows), width, runs);
    }

    private void keep(KeptWeights kept) {
        encoder.awaitWeights();
        ctc.awaitWeights();
        decoder.awaitWeights();
        kept.save();
    }

    EncodedFrames encode(Chunk chunk) {
        StreamConstants constants = graphs.constants();
        long fresh = (chunk.frames() - constants.rightContext() - 1L) / constants.subsampling() + 1;
        long end = chunk.caches().offset() + fresh;
        if (end > chunks.longest()) {
            throw new ModelFormatException(
                    "an utterance of " + end + " encoder frames for a table of " + chunks.longest() + " positions",
                    "utterances that the model's table covers",
                    "end utterances earlier, by EndpointRules or reset()");
        }
        return life.whileOpen(() -> batcher.encode(chunk));
    }

    /** Returns the number of chunks in the largest batch so far. */
    int largestBatch() {
        return batcher.largest();
    }

    @Override
    public StreamConstants constants() {
        return graphs.constants();
    }

    @Override
    public StreamingState open(int chunkFrames, int leftChunks) {
        // a stream whose chunk is the utterance never looks back
        long limit = chunkFrames == Integer.MAX_VALUE ? 0 : leftChunks < 0 ? -1 : (long) chunkFrames * leftChunks;
        return new NativeStreamingState(this, new ChunkCaches(chunks, limit));
    }

    @Override
    public DecoderScores decode(List<int[]> hypotheses, float[] encoder, int frames, double reverseWeight) {
        return life.whileOpen(() -> decoder.decode(hypotheses, encoder, frames, reverseWeight));
    }

    @Override
    public Map<String, PlanListing> profiles(float[] samples, int repeats) {
        return life.whileOpen(() -> new StreamingProfile(graphs.constants(), chunks, repeats)
                .of(new Fbank(SAMPLE_RATE, graphs.constants().melBins()).accept(samples), encoder, ctc, decoder));
    }

    @Override
    public LogProbs run(float[] samples) {
        Fbank fbank = new Fbank(SAMPLE_RATE, graphs.constants().melBins());
        float[] features = fbank.accept(samples);
        int frames = features.length / graphs.constants().melBins();
        int context = graphs.constants().rightContext();
        if (frames <= context) {
            throw new AudioFormatException(
                    "audio of " + samples.length + " samples",
                    "at least " + (fbank.frameLength() + context * fbank.frameShift()) + ", one frame of the model",
                    "pass a longer recording or pad it with silence");
        }
        try (StreamingState state = open(Integer.MAX_VALUE, 0)) {
            return state.encode(features, frames).logProbs();
        }
    }

    /** Native memory that the parameters of all parts take, working memory of runs and streams apart. */
    public long weightBytes() {
        return encoder.weightBytes() + ctc.weightBytes() + decoder.weightBytes();
    }

    @Override
    public ModelInfo info() {
        int vocabulary = (int) graphs.ctc().outputs().get(0).shape().dim(-1).constant();
        return new ModelInfo(Engine.NATIVE, Optional.empty(), Kernels.tier(), threads, bytes, vocabulary);
    }

    @Override
    public Optional<QuantReport> report() {
        return report;
    }

    @Override
    public void save(Path target) {
        life.whileOpen(() -> {
            QvStreamFile.write(
                    graphs.stored(source.tokens(), source.provenance().get()), target);
            return target;
        });
    }

    /** Returns the parts of the model; the encoder is listed as its first chunk, whose attention cache is empty. */
    @Override
    public List<ModelPart> parts() {
        StreamConstants constants = graphs.constants();
        Shape attention = graphs.next().inputs().get(1).shape();
        Shape convolution = graphs.next().inputs().get(2).shape();
        Map<String, String> encoder = Map.of(
                "feature_size", Integer.toString(constants.melBins()),
                "subsampling_rate", Integer.toString(constants.subsampling()),
                "right_context", Integer.toString(constants.rightContext()),
                "output_size", Integer.toString(width),
                "num_blocks", attention.dim(0).toString(),
                "head", attention.dim(1).toString(),
                "cnn_module_kernel", convolution.dim(-1).plus(1).toString());
        Map<String, String> decoder = Map.of(
                "sos_symbol", Integer.toString(constants.sos()),
                "eos_symbol", Integer.toString(constants.eos()),
                "is_bidirectional_decoder", constants.bidirectional() ? "1" : "0");
        List<ModelPart> parts = new ArrayList<>(List.of(
                new ModelPart(ModelPart.Role.ENCODER_CHUNK, graphs.next(), encoder),
                new ModelPart(ModelPart.Role.CTC_HEAD, graphs.ctc(), Map.of()),
                new ModelPart(ModelPart.Role.ATTENTION_DECODER, graphs.decoder(), decoder)));
        graphs.reverse().ifPresent(graph -> parts.add(new ModelPart(ModelPart.Role.REVERSE_DECODER, graph, Map.of())));
        return parts;
    }

    @Override
    public Map<String, String> provenance() {
        return source.provenance().get();
    }

    @Override
    public void close() {
        life.close(() -> {
            encoder.close();
            ctc.close();
            decoder.close();
            graphs.all().forEach(Graph::close);
        });
    }
}
