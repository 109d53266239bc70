package org.quantvoice.internal.exec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.features.FeatureStream;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.NativeProgram;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.ProgramAssembly;
import org.quantvoice.internal.program.ProgramBuilder;

/**
 * A graph of one waveform on the native executor for a run or two, which never holds all its packed weights: each run packs them
 * piece by piece, and frees a piece before it packs the next. The steps and their results are those of {@link NativeModel}. For
 * one thread.
 */
public final class FrugalModel implements WaveformRuns, AutoCloseable {
    /** Packed weights at a time; a layer that is larger is a piece of its own. */
    private static final long MOST_BYTES = 32L << 20;

    private final Optional<FrontEnd> frontEnd;
    private final PackedWeights weights;
    private final ProgramBuilder builder;
    private final KernelPool pool;
    private final long most;

    /** @param graph stays the caller's, and open while this runs */
    public FrugalModel(Graph graph, int threads) {
        this(graph, threads, MOST_BYTES);
    }

    FrugalModel(Graph graph, int threads, long most) {
        this.frontEnd = FrontEndOperator.find(graph).map(FrontEndOperator::settings);
        this.weights = PackedWeights.inPieces(graph, threads);
        this.builder = new ProgramBuilder(graph, weights);
        this.pool = KernelPool.of(threads);
        this.most = most;
    }

    /**
     * Plans a run without packing weights.
     *
     * @throws org.quantvoice.error.ModelFormatException if the graph does not fit so many samples
     * @throws org.quantvoice.error.UnsupportedOperatorException if the executor lacks an operator of the graph
     */
    public void requirePlan(long samples) {
        plan(samples, Set.of());
    }

    private ProgramAssembly.Pieces plan(long samples, Set<Value> taps) {
        return Soundness.check(
                "a program for input of size " + samples,
                () -> builder.pieces(List.of(new long[] {1, samples}), Map.of(), taps));
    }

    @Override
    public LogProbs run(float[] samples) {
        ProgramAssembly.Pieces pieces = plan(samples.length, Set.of());
        Program.Region out = pieces.frame().outputs().get(0);
        int vocabulary = Math.toIntExact(out.dims()[out.dims().length - 1]);
        try (Arena arena = ran(pieces, samples)) {
            float[] values = arena.read(out.offset(), out.elements());
            return new LogProbs(values, values.length / vocabulary, vocabulary);
        }
    }

    @Override
    public Map<Value, float[]> tap(float[] samples, Set<Value> taps) {
        ProgramAssembly.Pieces pieces = plan(samples.length, taps);
        try (Arena arena = ran(pieces, samples)) {
            Map<Value, float[]> read = new HashMap<>();
            pieces.frame()
                    .taps()
                    .forEach((value, region) -> read.put(value, arena.read(region.offset(), region.elements())));
            return read;
        }
    }

    /** The arena after a run, which the caller closes. */
    private Arena ran(ProgramAssembly.Pieces pieces, float[] samples) {
        Program frame = pieces.frame();
        Arena arena = Arena.of(frame.arenaBytes());
        try {
            frame.constants().forEach(c -> arena.write(c.offset(), c.values()));
            float[] input = frontEnd.map(f -> FeatureStream.of(f, samples)).orElse(samples);
            arena.write(frame.inputs().get(0).offset(), input);
            while (pieces.hasNext()) {
                run(pieces, arena);
            }
            return arena;
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void run(ProgramAssembly.Pieces pieces, Arena arena) {
        Program frame = pieces.frame();
        long before = weights.bytes();
        long[] words = pieces.next(() -> weights.bytes() - before >= most);
        try (NativeProgram program = NativeProgram.create(words, frame.arenaBytes(), frame.scratchBytes())) {
            program.run(pool, arena);
        } finally {
            weights.forgetMatrices();
        }
    }

    @Override
    public void close() {
        pool.close();
        weights.close();
    }
}
