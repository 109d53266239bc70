package org.quantvoice.internal.exec;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.ProgramBuilder;
import org.quantvoice.internal.tasks.Cancellation;
import org.quantvoice.quant.QuantReport;

/**
 * A model on the native executor that has a graph for each length and none for all: the graph of a length is made when a recording
 * of that length first comes, by one thread at a time, while others run lengths whose programs are known. The programs used last
 * are kept; packed weights are shared by all.
 */
public final class KnownLengthModel implements AcousticModel, Profiled {
    private static final long UNKNOWN = -1;
    private static final int MOST_PROGRAMS = 32;
    private static final long MOST_BYTES = 256L << 20;

    /** Makes the graphs. For one thread at a time. */
    public interface Graphs extends AutoCloseable {
        /**
         * Returns the graph for a number of samples: one input {@code [1, samples]}, one output {@code [.., frames, vocabulary]}, in
         * log-probs. The caller gives it back by {@link #close(Graph)}.
         *
         * @throws ModelFormatException if sizes do not fit at this length
         * @throws UnsupportedOperatorException if there is none for this length
         */
        Graph at(long samples);

        /** Returns whether a constant belongs to all graphs, and not to one alone. */
        boolean common(TensorData constant);

        /** Frees what one graph alone has. */
        default void close(Graph graph) {
            graph.constants().values().stream()
                    .map(constant -> constant.data())
                    .filter(data -> !common(data))
                    .forEach(TensorData::close);
        }

        @Override
        void close();
    }

    private final Graphs graphs;
    private final Optional<QuantReport> report;
    private final long bytes;
    private final int threads;
    private final long usual;
    private final int vocabulary;
    private final SharedWeights weights;
    private final Workspaces workspaces;
    private final ProgramCache programs;
    private final ReentrantLock importing = new ReentrantLock();
    private final Lifetime life = new Lifetime();
    /** Length of the shortest recording that the model takes, once one was too short; guarded by {@link #importing}. */
    private long shortest = UNKNOWN;

    /**
     * Makes the program of one length, and packs the weights that it uses.
     *
     * @param graphs closed with this, or if this fails
     * @param bytes size of the model as stored
     * @param usual a length in samples that the model takes
     * @throws UnsupportedOperatorException if the executor lacks an operator of the graph
     */
    public KnownLengthModel(Graphs graphs, Optional<QuantReport> report, long bytes, int threads, long usual) {
        this(graphs, report, bytes, threads, usual, MOST_PROGRAMS, MOST_BYTES);
    }

    KnownLengthModel(
            Graphs graphs,
            Optional<QuantReport> report,
            long bytes,
            int threads,
            long usual,
            int mostPrograms,
            long mostBytes) {
        this.graphs = graphs;
        this.report = report;
        this.bytes = bytes;
        this.threads = threads;
        this.usual = usual;
        this.weights = new SharedWeights(threads, graphs::common);
        this.workspaces = new Workspaces(threads);
        this.programs = new ProgramCache(mostPrograms, mostBytes, this::made);
        try {
            ProgramCache.Entry first = programs.take(usual);
            long[] dims = first.plan().outputs().get(0).dims();
            this.vocabulary = Math.toIntExact(dims[dims.length - 1]);
            programs.release(first);
        } catch (RuntimeException | Error e) {
            closeOwn();
            throw e;
        }
    }

    private ProgramCache.Entry made(long samples) {
        Graph graph = graphs.at(samples);
        try (SharedWeights.OfGraph packed = weights.of(graph)) {
            Program plan = new ProgramBuilder(graph, packed).buildForRuns(List.of(new long[] {1, samples}), Map.of());
            if (plan.outputs().get(0).elements() == 0) {
                throw new ModelFormatException(
                        "no frame of " + samples + " samples", "one or more", "take more samples");
            }
            return new ProgramCache.Entry(plan, packed.ownBytes());
        } finally {
            graphs.close(graph);
        }
    }

    @Override
    public LogProbs run(float[] samples) {
        return inWorkspace(samples, (entry, space) -> space.logProbs(entry));
    }

    /** Uses the program of a recording's length and a workspace that holds the samples. */
    private <T> T inWorkspace(float[] samples, BiFunction<ProgramCache.Entry, Workspaces.Workspace, T> use) {
        return life.whileOpen(() -> {
            ProgramCache.Entry entry = program(samples.length);
            try {
                return workspaces.use(entry, space -> use.apply(entry, space), samples);
            } finally {
                programs.release(entry);
            }
        });
    }

    /** Takes the program of a length, which this thread makes if no other did: release must follow. */
    private ProgramCache.Entry program(int samples) {
        ProgramCache.Entry known = programs.known(samples);
        if (known != null) {
            return known;
        }
        String work = "importing a model for " + samples + " samples";
        try {
            importing.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Cancellation.interrupted(work, e);
        }
        try {
            Cancellation.INTERRUPTS.check(work);
            return programs.take(samples);
        } catch (ModelFormatException | UnsupportedOperatorException | QuantizationException e) {
            throw otherLength(samples, e);
        } finally {
            importing.unlock();
        }
    }

    private AudioFormatException otherLength(int samples, QuantVoiceException cause) {
        String got = "audio of " + samples + " samples, a length that the model cannot take (" + cause.got() + ")";
        return samples < usual
                ? new AudioFormatException(
                        got,
                        "at least " + shortestAbove(samples) + " samples",
                        "pass a longer recording or pad it with silence",
                        cause)
                : new AudioFormatException(
                        got,
                        "a length that it takes, such as " + usual + " samples",
                        "cut the recording into segments",
                        cause);
    }

    /**
     * Returns the shortest length above one that fails, if all above it do not. The search makes a dozen graphs, so its result is
     * kept for the next recording that is too short.
     */
    private long shortestAbove(long fails) {
        if (shortest <= fails) {
            shortest = searchAbove(fails);
        }
        return shortest;
    }

    private long searchAbove(long fails) {
        long bad = fails;
        long good = usual;
        while (good - bad > 1) {
            Cancellation.INTERRUPTS.check("looking for the shortest recording that a model takes");
            long middle = (good + bad) / 2;
            if (takes(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    private boolean takes(long samples) {
        try (ProgramCache.Entry entry = Soundness.check("a program for " + samples + " samples", () -> made(samples))) {
            return true;
        } catch (ModelFormatException | UnsupportedOperatorException | QuantizationException e) {
            return false; // the caller reports the length that was asked for
        }
    }

    @Override
    public Map<String, PlanListing> profiles(float[] samples, int repeats) {
        return Map.of(
                "model",
                inWorkspace(
                        samples,
                        (entry, space) -> space.profile(
                                entry, repeats, () -> entry.program().profile(space.pool(), space.arena()))));
    }

    /** Returns the native memory in bytes of the parameters, which all lengths share. */
    public long weightBytes() {
        importing.lock();
        try {
            return weights.bytes();
        } finally {
            importing.unlock();
        }
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo(Engine.NATIVE, Optional.empty(), Kernels.tier(), threads, bytes, vocabulary);
    }

    @Override
    public Optional<QuantReport> report() {
        return report;
    }

    /** Refuses: a {@code .qv} file holds one graph, for all lengths. */
    @Override
    public void save(Path target) {
        throw unwritable(target.toString());
    }

    /** Returns the refusal of a file of one graph for a model that has many. */
    public static UnsupportedOperatorException unwritable(String target) {
        return new UnsupportedOperatorException(
                "a model with another graph for each length of recording, to be written as " + target,
                "a model with one graph for all lengths",
                "keep the TorchScript file, which is imported and quantized as it is opened, or quantize it to a .pt file"
                        + " (qv quantize model.pt -o int8.pt), or export the model without loops and branches that follow from the length");
    }

    @Override
    public void close() {
        life.close(this::closeOwn);
    }

    private void closeOwn() {
        programs.close();
        workspaces.close();
        weights.close();
        graphs.close();
    }
}
