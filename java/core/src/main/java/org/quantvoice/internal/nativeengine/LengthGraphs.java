package org.quantvoice.internal.nativeengine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.engine.OutputForm;
import org.quantvoice.internal.exec.KnownLengthModel;
import org.quantvoice.internal.passes.BatchNormFolding;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.quantize.PresentModules;
import org.quantvoice.internal.quantize.Quantizer;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.source.ImportedModel;
import org.quantvoice.source.SourcedGraph;

/**
 * The graphs at known lengths of a model that stays open. Constants that graphs have in common are the same objects in all, so that
 * they are rounded and packed once. For one thread at a time.
 */
final class LengthGraphs implements KnownLengthModel.Graphs {
    private final ImportedModel source;
    private final OutputForm form;
    private final Graph first;
    private final Set<TensorData> common = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, TensorData> named = new LinkedHashMap<>();
    private final Map<TensorData, TensorData> rounded = new IdentityHashMap<>();
    private Optional<QuantRecipe> recipe = Optional.empty();
    private long bytes;

    /**
     * @param source closed with this
     * @param sourced the graph of one length, as imported, which is closed with this or if this fails; and runs of the source
     */
    LengthGraphs(ImportedModel source, SourcedGraph sourced) {
        this.source = source;
        Graph imported = sourced.graph();
        try {
            this.form = AcousticOutput.form(imported, sourced.trials());
        } catch (RuntimeException | Error e) {
            imported.close();
            throw e;
        }
        this.first = withOutput(imported, form);
        first.constants().values().forEach(this::keep);
        bytes = stored();
    }

    /** What the model's own output is. */
    OutputForm form() {
        return form;
    }

    /** The number of samples of the first graph. */
    long samples() {
        return first.inputs().get(0).shape().dim(1).constant();
    }

    /** The graph with log-probs as its output; closes constants that the passes replaced. */
    private static Graph withOutput(Graph imported, OutputForm form) {
        try {
            Graph made = AcousticOutput.of(BatchNormFolding.apply(imported), form);
            closeReplaced(imported, made, data -> false);
            return made;
        } catch (RuntimeException | Error e) {
            imported.close();
            throw e;
        }
    }

    /** Closes the constants of a graph that another made of it has no more, unless they are spared. */
    private static void closeReplaced(Graph before, Graph made, Predicate<TensorData> spared) {
        Set<TensorData> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        made.constants().values().forEach(constant -> kept.add(constant.data()));
        before.constants().values().stream()
                .map(Constant::data)
                .filter(data -> !kept.contains(data) && !spared.test(data))
                .forEach(TensorData::close);
    }

    /** The float graph for a number of samples, which the caller gives back by {@link #close(Graph)}. */
    Graph floats(long samples) {
        return withCommon(withOutput(source.graph(samples), form));
    }

    private Graph withCommon(Graph graph) {
        GraphCopy copy = new GraphCopy(graph);
        List<TensorData> replaced = new ArrayList<>();
        for (Constant constant : graph.constants().values()) {
            TensorData same = same(constant);
            if (same != null) {
                copy.replace(constant.value(), copy.constant(constant, same));
                replaced.add(constant.data());
            }
        }
        graph.nodes().forEach(copy::add);
        Graph made = copy.build();
        replaced.forEach(TensorData::close);
        made.constants().values().stream().filter(Constant::parameter).forEach(this::keep);
        return made;
    }

    /** Keeps a constant for all graphs. Parameters are kept when a graph first has them, as there is a known number of them. */
    private void keep(Constant constant) {
        if (named.putIfAbsent(constant.name(), constant.data()) == null) {
            common.add(constant.data());
        }
    }

    /**
     * Returns the common constant with the elements of another, or null. Names of parameters are paths; those of computed constants
     * are numbered in an order that may differ from length to length.
     */
    private @Nullable TensorData same(Constant constant) {
        TensorData known = named.get(constant.name());
        if (known != null && constant.data().sameAs(known)) {
            return known;
        }
        return constant.parameter()
                ? null
                : named.values().stream()
                        .filter(constant.data()::sameAs)
                        .findFirst()
                        .orElse(null);
    }

    /** Size in bytes of the parameters as a file would hold them, quantized if a recipe was set. */
    long bytes() {
        return bytes;
    }

    /**
     * Quantizes all graphs from here on by a recipe of dynamic modules.
     *
     * @param lengths in samples, whose graphs together run the modules that the recipe may name
     * @return the layers of these graphs, each once
     * @throws org.quantvoice.error.QuantVoiceException if a name in the recipe changes nothing
     */
    List<QuantReport.Layer> quantize(QuantRecipe chosen, Set<Long> lengths) {
        Map<String, QuantReport.Layer> layers = new LinkedHashMap<>();
        Set<String> absent = PresentModules.names(chosen);
        for (long samples : lengths) {
            Graph floats = floats(samples);
            QuantRecipe here = PresentModules.of(chosen, floats);
            absent.removeAll(PresentModules.names(here));
            try {
                new Quantizer(floats, here).requireWeightsUsed();
                Quantizer.Result result = quantized(floats, here);
                result.layers().forEach(layer -> layers.putIfAbsent(layer.path() + " " + layer.type(), layer));
                close(result.graph());
            } finally {
                close(floats);
            }
        }
        if (!absent.isEmpty()) {
            new Quantizer(first, PresentModules.only(chosen, absent)).requireWeightsUsed(); // this names what is absent
        }
        recipe = Optional.of(chosen);
        bytes = stored();
        return List.copyOf(layers.values());
    }

    /** Quantizes a graph, and keeps what its common weights are rounded to for all graphs. */
    private Quantizer.Result quantized(Graph floats, QuantRecipe here) {
        Quantizer.Result result = new Quantizer(floats, here)
                .reusing(rounded)
                .apply(List.<Audio>of(), (samples, taps) -> Map.of(), Progress.none());
        for (Constant constant : result.graph().constants().values()) {
            Constant before = floats.constants().get(constant.name());
            if (before != null && before.data() != constant.data() && common(before.data())) {
                rounded.put(before.data(), constant.data());
                common.add(constant.data());
            }
        }
        return result;
    }

    /** Size in bytes of all common constants as a file would hold them. */
    private long stored() {
        return named.values().stream()
                .mapToLong(data -> QvFile.size(rounded.getOrDefault(data, data)))
                .sum();
    }

    @Override
    public Graph at(long samples) {
        Graph floats = floats(samples);
        if (recipe.isEmpty()) {
            return floats;
        }
        try {
            Graph made =
                    quantized(floats, PresentModules.of(recipe.get(), floats)).graph();
            closeReplaced(floats, made, this::common);
            return made;
        } catch (RuntimeException | Error e) {
            close(floats);
            throw e;
        }
    }

    @Override
    public boolean common(TensorData constant) {
        return common.contains(constant);
    }

    @Override
    public void close() {
        common.forEach(TensorData::close);
        source.close();
    }
}
