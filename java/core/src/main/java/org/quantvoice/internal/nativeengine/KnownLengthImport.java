package org.quantvoice.internal.nativeengine;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.FrugalModel;
import org.quantvoice.internal.exec.KnownLengthModel;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.source.ImportedModel;
import org.quantvoice.source.LengthDependence;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.SourcedGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens models that have a graph for each length and none for all. Their file stays open as long as they are, since each new
 * length is imported from it. They run float, or with dynamic int8 layers; what needs one graph for several recordings, or for a
 * file, is refused.
 */
final class KnownLengthImport {
    private static final Logger LOG = LoggerFactory.getLogger(KnownLengthImport.class);
    private static final double MILLION = 1e6;
    /**
     * Nodes for each second of audio at 16 kHz that a graph may have more. Loops over blocks of frames make some ten, a recurrence that
     * is written as a loop some thousands: its import takes longer than libtorch takes to run it.
     */
    private static final long MOST_GROWTH = 1_000;

    private static final long SECOND = 16_000;

    private KnownLengthImport() {}

    /** The modules that run at one of several lengths, each once, however often a loop runs it. */
    static List<ModuleInfo> modules(
            OpenModel opened, LengthDependence dependence, Function<Graph, List<ModuleInfo>> modulesOf) {
        Set<ModuleInfo> modules = new LinkedHashSet<>();
        Set<Long> lengths = new TreeSet<>(Set.of(dependence.samples()));
        ImportCheck.inputs().forEach(input -> lengths.add((long) input.length));
        for (long samples : lengths) {
            try (Graph graph = opened.imported().graph(samples)) {
                modules.addAll(modulesOf.apply(graph));
            } catch (UnsupportedOperatorException | ModelFormatException e) {
                LOG.debug("no modules of {} for {} samples", opened.file(), samples, e);
            }
        }
        return List.copyOf(modules);
    }

    static AcousticModel open(ModelRequest request, OpenModel opened, LengthDependence dependence) {
        requirePossible(request, dependence);
        ImportedModel source = opened.takeImported();
        try {
            SourcedGraph sourced = sourced(source, request, dependence);
            return ready(new LengthGraphs(source, sourced), sourced, request, dependence);
        } catch (ModelFormatException e) {
            source.close();
            // the file is sound, since its own runtime takes it: this engine lacks something
            throw new UnsupportedOperatorException(e.got(), e.expected(), "run this model on the LIBTORCH engine", e);
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /** The graph of the shortest length that the source ran, or at which the import worked, and the runs. */
    private static SourcedGraph sourced(ImportedModel source, ModelRequest request, LengthDependence dependence) {
        SourcedGraph runs;
        int nodes;
        try (Graph any = source.graph(dependence.samples())) {
            runs = source.trials(any, ImportCheck.inputs(), request.verify());
            nodes = any.nodes().size();
        }
        requireFramesFirst(runs.trials());
        long usual = runs.trials().isEmpty()
                ? dependence.samples()
                : runs.trials().get(0).samples().length;
        Graph graph = source.graph(usual);
        try {
            requireFewLoops(nodes - graph.nodes().size(), dependence.samples() - usual, dependence);
        } catch (RuntimeException | Error e) {
            graph.close();
            throw e;
        }
        return new SourcedGraph(graph, runs.trials(), runs.rounded());
    }

    /** Refuses a model whose loops make so many operators of a recording that the import of each length takes too long. */
    private static void requireFewLoops(long nodes, long samples, LengthDependence dependence) {
        if (samples != 0 && nodes * SECOND / samples > MOST_GROWTH) {
            throw new UnsupportedOperatorException(
                    dependence.reason().got() + ", and " + nodes * SECOND / samples + " operators more for each "
                            + SECOND + " samples when its loops are unrolled",
                    "loops over blocks of frames, of at most " + MOST_GROWTH,
                    "run this model on the LIBTORCH engine; write a recurrence as nn.LSTM or nn.GRU",
                    dependence.reason());
        }
    }

    private static AcousticModel ready(
            LengthGraphs graphs, SourcedGraph sourced, ModelRequest request, LengthDependence dependence) {
        Optional<QuantReport> report;
        long bytes;
        try {
            if (request.verify()) {
                compare(graphs, sourced, request.threads());
            }
            report = request.recipe().map(recipe -> quantized(graphs, recipe, request, lengths(sourced, dependence)));
            bytes = report.map(QuantReport::bytesAfter).orElseGet(() -> ModelFiles.bytes(request.model()));
        } catch (RuntimeException | Error e) {
            graphs.close();
            throw e;
        }
        long before = System.nanoTime();
        KnownLengthModel model = new KnownLengthModel(graphs, report, bytes, request.threads(), graphs.samples());
        LOG.warn(
                "{} is imported anew for each length of recording, which took {} ms for {} samples: {}",
                request.model(),
                Math.round((System.nanoTime() - before) / MILLION),
                graphs.samples(),
                dependence.reason().got());
        return model;
    }

    private static Set<Long> lengths(SourcedGraph sourced, LengthDependence dependence) {
        Set<Long> lengths = new TreeSet<>(Set.of(dependence.samples()));
        sourced.trials().forEach(trial -> lengths.add((long) trial.samples().length));
        return lengths;
    }

    private static QuantReport quantized(
            LengthGraphs graphs, QuantRecipe recipe, ModelRequest request, Set<Long> lengths) {
        List<QuantReport.Layer> layers = graphs.quantize(recipe, lengths);
        return new QuantReport(layers, ModelFiles.bytes(request.model()), graphs.bytes());
    }

    /** Runs the trials of the source on this engine in float, each with the graph of its length. */
    private static void compare(LengthGraphs graphs, SourcedGraph sourced, int threads) {
        if (sourced.trials().isEmpty()) {
            LOG.warn(
                    "the model was not compared with anything: its own runtime takes none of the lengths that are tried");
        }
        for (SourcedGraph.Trial trial : sourced.trials()) {
            Graph graph = graphs.floats(trial.samples().length);
            try (FrugalModel frugal = new FrugalModel(graph, threads)) {
                SourcedGraph one = new SourcedGraph(graph, List.of(trial), sourced.rounded());
                ImportCheck.compare(frugal, graph, one, graphs.form());
            } finally {
                graphs.close(graph);
            }
        }
    }

    /** Refuses tokens before frames: one length does not tell which axis is which. */
    private static void requireFramesFirst(List<SourcedGraph.Trial> trials) {
        if (trials.size() < 2) {
            return;
        }
        long[] one = trials.get(0).shape();
        long[] other = trials.get(1).shape();
        int last = one.length - 1;
        if (one.length == other.length && one.length >= 2 && one[last] != other[last]) {
            throw new UnsupportedOperatorException(
                    "an output " + Arrays.toString(one) + " of " + trials.get(0).samples().length + " samples and "
                            + Arrays.toString(other) + " of " + trials.get(1).samples().length,
                    "log-probabilities [1, frames, vocabulary] with tokens as the last axis",
                    "transpose the result in forward, or run this model on the LIBTORCH engine");
        }
    }

    private static void requirePossible(ModelRequest request, LengthDependence dependence) {
        request.tuning().ifPresent(t -> refuse("a budget", dependence));
        request.recipe().ifPresent(recipe -> {
            if (!recipe.staticModules().isEmpty()) {
                refuse("static modules " + recipe.staticModules(), dependence);
            }
            recipe.rules().objective().ifPresent(o -> refuse("calibration " + o, dependence));
            if (!request.calibration().isEmpty()) {
                refuse("calibration audio", dependence);
            }
        });
    }

    private static void refuse(String what, LengthDependence dependence) {
        throw new UnsupportedOperatorException(
                what + " for a model with another graph for each length of recording ("
                        + dependence.reason().got() + ")",
                "dynamic modules, which need no calibration",
                "name dynamic modules alone (dynamicInt8, --dynamic), or none, or quantize it on the LIBTORCH engine",
                dependence.reason());
    }
}
