package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.Budget;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightFormat;

/**
 * Mixed precision for a budget and a user: what the float layers do with a few recordings says which of them need their bits
 * (Fish, Michieli, Ozay: "A Model for Every User and Budget", 2023). No labels, no training. The graphs of a streaming model
 * share one budget, and their layers are ranked together.
 */
public final class Tuner {
    private final List<TunedPart> parts;
    private final PartRanges names;
    private final Tuning tuning;
    private final List<Audio> audio;
    private final Progress progress;
    private final FileSize fileSize;
    private final List<Optional<OutputImportance>> importance;

    /** Computes how large a file a model's graphs make. */
    public interface FileSize {

        /**
         * Bytes of the whole file, header included.
         *
         * @param graphs one a part, with weights of any format
         * @param facts where the model comes from
         */
        long of(List<Graph> graphs, Map<String, String> facts);
    }

    /**
     * Quantized parts and how they came about.
     *
     * @param facts that the file must have beside them
     */
    public record Result(List<Quantizer.Result> parts, Map<String, String> facts, TuningReport report) {

        public List<Graph> graphs() {
            return parts.stream().map(Quantizer.Result::graph).toList();
        }
    }

    /**
     * @param parts in the order in which they run
     * @param request whose calibration audio are the user's recordings
     * @param gradients asked for those of a part's layers, by its index, if the tuning needs them
     */
    public Tuner(
            List<TunedPart> parts,
            Tuning tuning,
            ModelRequest request,
            FileSize fileSize,
            IntFunction<Optional<LayerGradients>> gradients) {
        this.parts = List.copyOf(parts);
        this.names = new PartRanges(parts.stream().map(TunedPart::graph).toList());
        this.tuning = tuning;
        this.audio = request.calibration();
        this.progress = request.progress();
        this.fileSize = fileSize;
        if (parts.stream().allMatch(part -> part.layers().isEmpty())) {
            boolean pinned = parts.stream().anyMatch(part -> !part.named().isEmpty());
            throw new UnsupportedOperatorException(
                    "a budget for a recipe without a layer" + (pinned ? " whose weights are not set" : ""),
                    "layers that can be int8, and whose bits the budget may choose",
                    "name modules with Linear or convolutions, or none at all; set the weights of fewer");
        }
        if (audio.isEmpty()) {
            throw new QuantizationException(
                    "a budget and no recordings",
                    "some seconds of the user's speech, without labels",
                    "name a corpus with tuneOn, or --on on the command line");
        }
        this.importance = IntStream.range(0, parts.size())
                .mapToObj(i -> importance(i, request, gradients))
                .toList();
    }

    private Optional<OutputImportance> importance(
            int part, ModelRequest request, IntFunction<Optional<LayerGradients>> gradients) {
        TunedPart tuned = parts.get(part);
        return OutputImportance.wanted(
                tuning.objective(), tuned.graph(), tuned.named(), request, () -> gradients.apply(part));
    }

    /** @param runs of the parts */
    public Result tune(List<? extends PieceRun> runs, KernelPool pool, Map<String, String> provenance) {
        return fit(listen(runs, pool), tuning.budget(), pool, provenance);
    }

    /** Runs the recordings: all that does not depend on the budget, part by part. */
    List<TunedPart.Heard> listen(List<? extends PieceRun> runs, KernelPool pool) {
        for (Audio recording : audio) {
            LayerInputs.requireFinite(recording.samples(), "the model's input");
        }
        List<TunedPart.Heard> heard = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            heard.add(parts.get(i).listen(runs.get(i), audio, pool, progress));
        }
        return heard;
    }

    /** Tunes to a budget, which need not be the one that was asked for first. */
    Result fit(List<TunedPart.Heard> heard, Budget budget, KernelPool pool, Map<String, String> provenance) {
        Map<String, String> facts = new LinkedHashMap<>(provenance);
        facts.put("budget", budget instanceof SizeBudget size ? Long.toString(size.bytes()) : budget.toString());
        facts.put("sensitivity", tuning.sensitivity().name());
        facts.put("objective", tuning.objective().name());
        ModelSizes sizes = new ModelSizes(
                parts.stream().map(TunedPart::sized).toList(), tuning.scheme(), graphs -> fileSize.of(graphs, facts));
        List<BitAllocation.Layer> rated = rated(heard);
        List<WeightFormat> formats = BitAllocation.fit(rated, tuning.scheme(), budget, sizes);
        List<TunedPart.Rounded> rounded = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < parts.size(); i++) {
            int to = from + parts.get(i).layers().size();
            rounded.add(parts.get(i)
                    .round(formats.subList(from, to), heard.get(i), pool, tuning.objective(), importance.get(i)));
            from = to;
        }
        List<Quantizer.Result> results =
                rounded.stream().map(TunedPart.Rounded::result).toList();
        long file = fileSize.of(results.stream().map(Quantizer.Result::graph).toList(), facts);
        if (budget instanceof SizeBudget size && file > size.bytes()) {
            throw new IllegalStateException("a file of " + file + " bytes for a budget of " + budget);
        }
        return new Result(results, facts, report(budget, file, sizes, layers(rated, formats, sizes, heard, rounded)));
    }

    /** The layers with a choice, part after part, named as in reports. */
    private List<BitAllocation.Layer> rated(List<TunedPart.Heard> heard) {
        List<BitAllocation.Layer> rated = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            for (Node layer : parts.get(i).layers()) {
                TuningReport.Statistics statistics =
                        requireNonNull(heard.get(i).statistics().get(layer));
                rated.add(new BitAllocation.Layer(names.name(i, layer.path()), statistics.value(tuning.sensitivity())));
            }
        }
        return rated;
    }

    private List<TuningReport.Layer> layers(
            List<BitAllocation.Layer> rated,
            List<WeightFormat> formats,
            ModelSizes sizes,
            List<TunedPart.Heard> heard,
            List<TunedPart.Rounded> rounded) {
        List<TuningReport.Layer> all = new ArrayList<>();
        for (int p = 0; p < parts.size(); p++) {
            for (Node layer : parts.get(p).layers()) {
                int i = all.size();
                all.add(new TuningReport.Layer(
                        rated.get(i).path(),
                        Quantizer.type(layer),
                        parts.get(p).weight(layer).size(),
                        formats.get(i),
                        sizes.file(i, WeightFormat.FLOAT),
                        sizes.file(i, formats.get(i)),
                        requireNonNull(rounded.get(p).noise().get(layer)),
                        requireNonNull(heard.get(p).statistics().get(layer))));
            }
        }
        return all;
    }

    private TuningReport report(Budget budget, long file, ModelSizes sizes, List<TuningReport.Layer> layers) {
        long memory = sizes.fixedMemory();
        for (int i = 0; i < layers.size(); i++) {
            memory += sizes.memory(i, layers.get(i).format());
        }
        List<WeightFormat> ladder = BitAllocation.ladder(tuning.scheme());
        return new TuningReport(
                budget instanceof SizeBudget size ? Optional.of(size.size()) : Optional.empty(),
                budget instanceof AverageBits average ? OptionalDouble.of(average.bits()) : OptionalDouble.empty(),
                tuning.sensitivity(),
                tuning.objective(),
                tuning.scheme(),
                file,
                memory,
                BitAllocation.size(layers.size(), ladder.get(0), sizes),
                BitAllocation.size(layers.size(), new WeightFormat(WeightFormat.INT8.bits(), tuning.scheme()), sizes),
                audio.size(),
                layers);
    }
}
