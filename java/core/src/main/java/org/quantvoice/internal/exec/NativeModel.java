package org.quantvoice.internal.exec;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.export.ModelPart;
import org.quantvoice.internal.export.ModelParts;
import org.quantvoice.internal.features.FeatureStream;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.longform.LocalAttention;
import org.quantvoice.internal.passes.ShortestInput;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.ProgramBuilder;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.quant.QuantReport;

/**
 * A graph of one waveform on the native executor. A program is made once for each length; the programs of the lengths
 * used last are kept.
 */
public final class NativeModel implements AcousticModel, ModelParts, Profiled, WaveformRuns {
    /** Key of the fact that tells a model's shortest input in samples, for models whose shortest input is known. */
    public static final String SHORTEST = "shortestInput";

    /** Key of the fact that describes a model's local self-attention, as {@link LocalAttention#parse} reads it. */
    public static final String LOCAL_ATTENTION = "localAttention";

    private static final long MOST_ARENA = 256L << 20;

    private final QvModel model;
    private final Optional<QuantReport> report;
    private final long bytes;
    private final boolean owner;
    private final int threads;
    private final Workspaces workspaces;
    private final PackedWeights weights;
    private final ProgramBuilder builder;
    private final long shortest;
    private final Optional<FrontEnd> frontEnd;
    private final Lifetime life = new Lifetime();
    private final ProgramCache programs;

    /**
     * Packs the weights.
     *
     * @param bytes size of the model as stored
     * @param owner whether closing this closes the model
     * @throws org.quantvoice.error.UnsupportedOperatorException if the executor lacks an operator of the graph
     */
    public NativeModel(QvModel model, Optional<QuantReport> report, long bytes, int threads, boolean owner) {
        this(model, report, bytes, threads, owner, Optional.empty());
    }

    /**
     * Packs the weights, or takes those that are kept beside the model's file; weights that are not kept yet are
     * written there.
     *
     * @param kept packed weights of this very model; their use ends with this call
     */
    public NativeModel(
            QvModel model,
            Optional<QuantReport> report,
            long bytes,
            int threads,
            boolean owner,
            Optional<KeptWeights> kept) {
        this.model = model;
        this.owner = owner;
        this.report = report;
        this.bytes = bytes;
        this.shortest = shortest(model);
        this.frontEnd = FrontEndOperator.find(model.graph()).map(FrontEndOperator::settings);
        this.weights = new PackedWeights(
                model.graph(), threads, kept.map(k -> k.part("model")).orElse(KeptWeights.Part.NONE));
        this.builder = new ProgramBuilder(model.graph(), weights, local(model));
        this.threads = threads;
        this.workspaces = new Workspaces(threads);
        this.programs = new ProgramCache(samples -> builder.buildForRuns(List.of(new long[] {1, samples}), Map.of()));
        try {
            ProgramCache.Entry first = programs.take(shortest);
            programs.release(first);
            requireModest(first.plan());
            kept.ifPresent(this::keep);
        } catch (RuntimeException | Error e) {
            closeOwn();
            throw e;
        }
    }

    private static Optional<LocalAttention> local(QvModel model) {
        return Optional.ofNullable(model.provenance().get(LOCAL_ATTENTION)).map(LocalAttention::parse);
    }

    private void keep(KeptWeights kept) {
        weights.await();
        kept.save();
    }

    private static long shortest(QvModel model) {
        String known = model.provenance().get(SHORTEST);
        long least = ShortestInput.of(model.graph());
        return known != null && known.matches("[0-9]{1,9}") ? Math.max(least, Long.parseLong(known)) : least;
    }

    /** Refuses a program for the shortest input that needs too much memory: its graph must have a damaged size. */
    private void requireModest(Program plan) {
        if (plan.arenaBytes() > MOST_ARENA || plan.scratchBytes() > MOST_ARENA) {
            throw new ModelFormatException(
                    "a model that needs " + Math.max(plan.arenaBytes(), plan.scratchBytes()) + " bytes for " + shortest
                            + " samples, its shortest input",
                    "at most " + MOST_ARENA,
                    "write or download the model again");
        }
    }

    @Override
    public LogProbs run(float[] samples) {
        return planned(samples, (entry, space) -> space.logProbs(entry));
    }

    /** Uses the program of a recording's length and a workspace that holds its input. */
    private <T> T planned(float[] samples, BiFunction<ProgramCache.Entry, Workspaces.Workspace, T> use) {
        return life.whileOpen(() -> {
            requireWindow(samples);
            ProgramCache.Entry entry = program(samples.length);
            try {
                return workspaces.use(entry, space -> use.apply(entry, space), input(samples));
            } finally {
                programs.release(entry);
            }
        });
    }

    /** Returns the program's input: the samples, or their features. */
    private float[] input(float[] samples) {
        return frontEnd.map(f -> FeatureStream.of(f, samples)).orElse(samples);
    }

    /**
     * Takes a program for a number of samples. Opening has shown that the model is sound, so a refusal is about this
     * length.
     */
    private ProgramCache.Entry program(int samples) {
        try {
            return programs.take(samples);
        } catch (ModelFormatException e) {
            throw otherLength(samples, longest(samples), e);
        }
    }

    private void requireWindow(float[] samples) {
        if (samples.length >= shortest) {
            return;
        }
        refusal(2 * shortest).ifPresent(e -> {
            throw otherLength(samples.length, longest(2 * shortest), e);
        });
        throw new AudioFormatException(
                "audio of " + samples.length + " samples",
                "at least " + shortest + " samples, the model's window",
                "pass a longer recording");
    }

    private AudioFormatException otherLength(int samples, long longest, ModelFormatException cause) {
        String got = "audio of " + samples + " samples, a length that the model cannot take";
        return longest < 2 * shortest
                ? new AudioFormatException(
                        got,
                        "recordings of " + (longest == shortest ? "" : shortest + " to ") + longest
                                + " samples, the length for which it was traced",
                        "cut or pad the recording, or export the model with torch.jit.script, or trace it without sizes as numbers",
                        cause)
                : new AudioFormatException(
                        got,
                        "recordings of " + shortest + " to " + longest
                                + " samples, which the model's tables and sizes cover",
                        "cut the recording into segments, or export a model that takes any length",
                        cause);
    }

    /**
     * Returns the length in samples of the longest recording that can be planned, given one that is too long; it
     * assumes that all shorter ones can be planned.
     */
    private long longest(long tooLong) {
        long good = shortest;
        long bad = tooLong;
        while (bad - good > 1) {
            long middle = (good + bad) / 2;
            if (refusal(middle).isEmpty()) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    /** Returns why a number of samples cannot be planned; empty if it can. */
    private Optional<ModelFormatException> refusal(long samples) {
        String subject = "a program for input of size " + samples;
        try (ProgramCache.Entry entry = Soundness.check(
                subject,
                () -> new ProgramCache.Entry(builder.build(List.of(new long[] {1, samples}), Map.of(), Set.of())))) {
            return Optional.empty();
        } catch (ModelFormatException e) {
            return Optional.of(e);
        }
    }

    private static float[] read(Workspaces.Workspace space, Program.Region region) {
        return space.arena().read(region.offset(), region.elements());
    }

    /** Uses a program once, such as one that keeps intermediate tensors. */
    private <T> T once(float[] samples, Set<Value> taps, BiFunction<ProgramCache.Entry, Workspaces.Workspace, T> use) {
        Program plan = builder.build(List.of(new long[] {1, samples.length}), Map.of(), taps);
        try (ProgramCache.Entry entry = new ProgramCache.Entry(plan)) {
            return workspaces.use(entry, space -> use.apply(entry, space), input(samples));
        }
    }

    @Override
    public Map<Value, float[]> tap(float[] samples, Set<Value> taps) {
        requireWindow(samples);
        return once(samples, taps, (entry, space) -> {
            entry.program().run(space.pool(), space.arena());
            Map<Value, float[]> read = new HashMap<>();
            entry.plan().taps().forEach((value, region) -> read.put(value, read(space, region)));
            return read;
        });
    }

    /**
     * Returns the steps of a run with their times.
     *
     * @param samples as for {@link #run}
     * @param repeats number of runs; each step's shortest time counts
     */
    public PlanListing profile(float[] samples, int repeats) {
        return planned(
                        samples,
                        (entry, space) -> space.profile(
                                entry, repeats, () -> entry.program().profile(space.pool(), space.arena())))
                .with(FloatOperators.of(model.graph()));
    }

    @Override
    public Map<String, PlanListing> profiles(float[] samples, int repeats) {
        return Map.of("model", profile(samples, repeats));
    }

    /** Returns the native memory of the model's parameters in bytes, without the working memory of runs. */
    public long weightBytes() {
        return weights.bytes();
    }

    /**
     * Works on the model's content while it cannot be closed.
     *
     * @param work must not close the model, which would wait for this call to end
     */
    public <T> T whileOpen(Function<QvModel, T> work) {
        return life.whileOpen(() -> work.apply(model));
    }

    @Override
    public ModelInfo info() {
        int vocabulary = (int) model.graph().outputs().get(0).shape().dim(-1).constant();
        return new ModelInfo(Engine.NATIVE, Optional.empty(), Kernels.tier(), threads, bytes, vocabulary);
    }

    @Override
    public Optional<QuantReport> report() {
        return report;
    }

    @Override
    public void save(Path target) {
        life.whileOpen(() -> {
            QvFile.write(model, target);
            return target;
        });
    }

    @Override
    public List<ModelPart> parts() {
        return List.of(new ModelPart(ModelPart.Role.CTC_MODEL, model.graph(), Map.of()));
    }

    @Override
    public Map<String, String> provenance() {
        return model.provenance();
    }

    @Override
    public void close() {
        life.close(() -> {
            closeOwn();
            if (owner) {
                model.close();
            }
        });
    }

    private void closeOwn() {
        programs.close();
        workspaces.close();
        weights.close();
    }
}
