package org.quantvoice.internal.nativeengine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.engine.OutputForm;
import org.quantvoice.internal.exec.FrugalModel;
import org.quantvoice.internal.exec.KeptWeights;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.exec.Soundness;
import org.quantvoice.internal.files.FileStamp;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.passes.BatchNormFolding;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.internal.passes.ShortestInput;
import org.quantvoice.internal.quantize.DynamicLayers;
import org.quantvoice.internal.quantize.OutputImportance;
import org.quantvoice.internal.quantize.Quantizer;
import org.quantvoice.internal.quantize.StreamingQuantizer;
import org.quantvoice.internal.qv.OpenQv;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.qv.QvStream;
import org.quantvoice.internal.qv.QvStreamFile;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.source.ImportingEngine;
import org.quantvoice.source.LengthDependence;
import org.quantvoice.source.ModelImporter;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.SourcedGraph;
import org.quantvoice.source.StreamingGraphs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native engine: {@code .qv} files without conversion, and models of any format that a {@link ModelImporter} reads,
 * which it quantizes if a recipe is given.
 */
public final class NativeEngine implements ImportingEngine {
    private static final Logger LOG = LoggerFactory.getLogger(NativeEngine.class);
    private static final int MAGIC = 16;

    @Override
    public Engine engine() {
        return Engine.NATIVE;
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public boolean reads(Path model) {
        return isQv(model) || ModelImporter.of(model).isPresent();
    }

    private static boolean isQv(Path model) {
        try (InputStream in = Files.newInputStream(model)) {
            return QvFile.looksLike(in.readNBytes(MAGIC));
        } catch (IOException e) {
            return false; // opening the file reports what is wrong
        }
    }

    @Override
    public AcousticModel open(ModelRequest request, OpenModel opened) {
        Refusals.requireQvWhereAsked(request, isQv(request.model()));
        if (isQv(request.model())) {
            return openQv(request, opened);
        }
        Optional<StreamingGraphs> streaming = opened.takeStreaming();
        if (streaming.isPresent()) {
            return importedStream(streaming.get(), request, opened);
        }
        Optional<LengthDependence> dependence = opened.lengthDependence();
        return dependence.isPresent()
                ? KnownLengthImport.open(request, opened, dependence.get())
                : imported(opened.take(ImportCheck.inputs(), request.verify()), request, opened);
    }

    private static AcousticModel importedStream(StreamingGraphs graphs, ModelRequest request, OpenModel opened) {
        try {
            if (!OutputImportance.isWanted(request)) {
                opened.letGo();
            }
            return StreamingQuantizer.open(
                    graphs.folded(),
                    request,
                    () -> Provenance.of(request.model(), request.recipe(), request.calibration()),
                    ModelFiles.bytes(request.model()),
                    Optional.empty(),
                    opened);
        } catch (RuntimeException | Error e) {
            graphs.all().forEach(Graph::close);
            throw e;
        }
    }

    private static AcousticModel imported(SourcedGraph sourced, ModelRequest request, OpenModel opened) {
        try {
            Graph folded = BatchNormFolding.apply(sourced.graph());
            OutputForm form = AcousticOutput.form(folded, sourced.trials());
            Graph graph = AcousticOutput.of(folded, form);
            return request.recipe().isEmpty()
                    ? asItIs(graph, form, sourced, request)
                    : quantized(graph, form, sourced, request, opened);
        } catch (RuntimeException | Error e) {
            sourced.graph().close();
            throw e;
        }
    }

    private static AcousticModel asItIs(Graph graph, OutputForm form, SourcedGraph sourced, ModelRequest request) {
        Map<String, String> facts = Provenance.of(request.model(), Optional.empty(), List.of());
        facts.put("output", form.toString());
        QvModel model = new QvModel(graph, request.tokens(), facts);
        NativeModel floats = openImported(model, takenOver(model, ModelFiles.bytes(request.model())), sourced, request);
        return checked(floats, graph, sourced, form, request);
    }

    private static AcousticModel quantized(
            Graph graph, OutputForm form, SourcedGraph sourced, ModelRequest request, OpenModel opened) {
        try {
            if (isQuantized(graph)) {
                throw quantizedAlready(request.model());
            }
            Map<String, String> facts = new LinkedHashMap<>(Map.of("output", form.toString()));
            if (request.verify()) {
                facts.putAll(compared(graph, sourced, form, request.threads()));
            }
            if (!OutputImportance.isWanted(request)) {
                opened.letGo(); // its weights are the graph's, which are given back one by one
            }
            return QuantizedModel.of(graph, request.recipe().get(), request, facts, opened);
        } catch (RuntimeException | Error e) {
            graph.close();
            throw e;
        }
    }

    private static NativeModel checked(
            NativeModel model, Graph graph, SourcedGraph sourced, OutputForm form, ModelRequest request) {
        try {
            if (request.verify()) {
                ImportCheck.compare(model, graph, sourced, form);
                comparePart(sourced, form, request.threads());
            }
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Compares what this engine computes with what the source of a graph does, without all weights packed at a time.
     *
     * @return what was found out on the way
     */
    static Map<String, String> compared(Graph graph, SourcedGraph sourced, OutputForm form, int threads) {
        try (FrugalModel frugal = new FrugalModel(graph, threads)) {
            long length = firstThatFits(graph, sourced, samples -> {
                frugal.requirePlan(samples);
                return samples;
            });
            ImportCheck.compare(frugal, graph, sourced, form);
            comparePart(sourced, form, threads);
            return length == ShortestInput.of(graph) ? Map.of() : Map.of(NativeModel.SHORTEST, Long.toString(length));
        }
    }

    private static void comparePart(SourcedGraph sourced, OutputForm form, int threads) {
        if (!sourced.isComparable()) {
            LOG.warn("the model was not compared with anything: no run of it, or of a part of it, is short enough");
        }
        sourced.part().ifPresent(part -> {
            Graph graph = AcousticOutput.of(BatchNormFolding.apply(part.graph()), form);
            try (FrugalModel frugal = new FrugalModel(graph, threads)) {
                SourcedGraph alone = new SourcedGraph(part.graph(), part.trials(), sourced.rounded());
                ImportCheck.compare(frugal, graph, alone, form);
            }
        });
    }

    /** Opens a model with the weights packed; it is closed with what this returns, or if this fails. */
    private static NativeModel openImported(
            QvModel model, Optional<QuantReport> report, SourcedGraph sourced, ModelRequest request) {
        long bytes = report.map(QuantReport::bytesAfter).orElseGet(() -> ModelFiles.bytes(request.model()));
        try {
            return firstThatFits(model.graph(), sourced, length -> {
                boolean shortest = length == ShortestInput.of(model.graph());
                QvModel from = shortest ? model : model.withFact(NativeModel.SHORTEST, Long.toString(length));
                return new NativeModel(from, report, bytes, request.threads(), true);
            });
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Plans an imported model. A file that another runtime reads is sound, so a graph that cannot be planned is
     * something that this engine lacks. Models whose sizes fit only from some length on, or for one length, are
     * planned at the first length that fits.
     */
    private static <T> T firstThatFits(Graph graph, SourcedGraph sourced, LongFunction<T> planning) {
        ModelFormatException first = null;
        for (long length : ImportCheck.lengths(graph, sourced)) {
            try {
                return planning.apply(length);
            } catch (ModelFormatException e) {
                first = first == null ? e : first;
            }
        }
        throw new UnsupportedOperatorException(
                first == null ? "a graph that gives no frame" : first.got(),
                "a model for recordings of any length",
                "run this model on the LIBTORCH engine, or export it again: a trace may hold for one length only",
                first);
    }

    private static AcousticModel openQv(ModelRequest request, OpenModel source) {
        CompletableFuture.runAsync(Kernels::tier); // an exception here is thrown again when kernels are used
        Optional<FileStamp> before = KeptWeights.stamp(request.model());
        OpenQv stored = OpenQv.of(request.model());
        try {
            return KeptWeights.with(
                    request.model(),
                    request.keepPacked(),
                    request.threads(),
                    before,
                    kept -> stored.holdsStream()
                            ? openStream(request, stored, kept, source)
                            : openWhole(request, stored.model(), kept, source));
        } catch (RuntimeException | Error e) {
            stored.close();
            throw e;
        }
    }

    private static AcousticModel openWhole(
            ModelRequest request, QvModel stored, Optional<KeptWeights> kept, OpenModel source) {
        QvModel model = request.localAttention()
                .map(local -> stored.withFact(NativeModel.LOCAL_ATTENTION, local))
                .orElse(stored);
        if (request.recipe().isEmpty()) {
            return open(model, Optional.empty(), request, kept);
        }
        try {
            if (isQuantized(model.graph())) {
                throw quantizedAlready(request.model());
            }
            return QuantizedModel.of(model.graph(), request.recipe().get(), request, found(model), source);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Returns the facts that were found when the model was imported. */
    private static Map<String, String> found(QvModel model) {
        Map<String, String> facts = new LinkedHashMap<>(model.provenance());
        facts.keySet().retainAll(Set.of("output", NativeModel.SHORTEST, NativeModel.LOCAL_ATTENTION));
        return facts;
    }

    private static AcousticModel openStream(
            ModelRequest request, OpenQv opened, Optional<KeptWeights> kept, OpenModel source) {
        Path file = request.model();
        QvStream stored = opened.stream();
        try {
            Refusals.refuseLocal(request);
            if (request.recipe().isPresent()
                    && stored.graphs().values().stream().anyMatch(NativeEngine::isQuantized)) {
                throw quantizedAlready(file);
            }
            StreamingGraphs graphs = StreamingGraphs.of(stored).folded();
            Supplier<Map<String, String>> facts = () -> request.recipe().isPresent()
                    ? Provenance.of(file, request.recipe(), request.calibration())
                    : stored.provenance();
            return Soundness.check(
                    String.valueOf(file),
                    () -> StreamingQuantizer.open(graphs, request, facts, ModelFiles.bytes(file), kept, source));
        } catch (RuntimeException | Error e) {
            stored.close();
            throw e;
        }
    }

    private static UnsupportedOperatorException quantizedAlready(Path file) {
        return new UnsupportedOperatorException(
                file + ", which is quantized already",
                "a float model",
                "quantize the float model that it was made of, or open it without a recipe");
    }

    /** Returns a report of the layers of a model that another program quantized and that were not changed here. */
    private static Optional<QuantReport> takenOver(QvModel model, long before) {
        Set<Integer> seen = new HashSet<>(); // ids of weights, since a layer may run twice
        List<QuantReport.Layer> layers = model.graph().nodes().stream()
                .flatMap(n -> takenOver(n)
                        .filter(row -> seen.add(DynamicLayers.weight(n).id()))
                        .stream())
                .toList();
        return layers.isEmpty() ? Optional.empty() : Optional.of(new QuantReport(layers, before, QvFile.size(model)));
    }

    private static Optional<QuantReport.Layer> takenOver(Node node) {
        Optional<String> stored = LayerPrecision.stored(node);
        LayerPrecision.Kind kind = LayerPrecision.of(node).kind();
        if (stored.isEmpty() && !LayerPrecision.of(node).isInt8()) {
            return Optional.empty();
        }
        QuantReport.Method method = stored.isPresent()
                ? stored.get().equals(LayerPrecision.HALF) ? QuantReport.Method.FLOAT16 : QuantReport.Method.KEPT_FLOAT
                : kind == LayerPrecision.Kind.INT8_STATIC ? QuantReport.Method.STATIC : QuantReport.Method.DYNAMIC;
        String note = stored.map(s -> s + " in the file, runs in float").orElse("quantized in the file");
        return Optional.of(
                new QuantReport.Layer(node.path(), Quantizer.type(node), method, Double.NaN, Double.NaN, note));
    }

    private static boolean isQuantized(Graph graph) {
        return graph.nodes().stream().anyMatch(n -> LayerPrecision.of(n).isInt8());
    }

    static AcousticModel open(QvModel model, Optional<QuantReport> report, ModelRequest request) {
        return open(model, report, request, Optional.empty());
    }

    private static AcousticModel open(
            QvModel model, Optional<QuantReport> report, ModelRequest request, Optional<KeptWeights> kept) {
        long bytes = report.map(QuantReport::bytesAfter).orElseGet(() -> ModelFiles.bytes(request.model()));
        try {
            return Soundness.check(
                    String.valueOf(request.model()),
                    () -> new NativeModel(model, report, bytes, request.threads(), true, kept));
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    @Override
    public List<ModuleInfo> modules(OpenModel opened) {
        Path file = opened.file();
        if (!isQv(file)) {
            return opened.streaming().map(graphs -> modules(graphs.all())).orElseGet(() -> opened.lengthDependence()
                    .map(dependence -> KnownLengthImport.modules(opened, dependence, NativeEngine::modules))
                    .orElseGet(() -> modules(List.of(opened.graph()))));
        }
        List<Graph> graphs = QvStreamFile.holdsStream(file)
                ? StreamingGraphs.of(QvStreamFile.read(file)).all()
                : List.of(QvFile.read(file).graph());
        try {
            return modules(graphs);
        } finally {
            graphs.forEach(Graph::close);
        }
    }

    private static List<ModuleInfo> modules(List<Graph> graphs) {
        return graphs.stream().flatMap(g -> modules(g).stream()).toList();
    }

    private static List<ModuleInfo> modules(Graph graph) {
        List<Node> products = QuantizableLayers.of(graph);
        List<Node> dynamic = DynamicLayers.all(graph);
        return graph.nodes().stream()
                .filter(n -> products.contains(n) || dynamic.contains(n))
                .map(n -> dynamic.contains(n) ? DynamicLayers.info(graph, n) : layer(graph, n))
                .toList();
    }

    private static ModuleInfo layer(Graph graph, Node node) {
        TensorData weight = graph.constant(node.input(1)).orElseThrow().data();
        List<Long> shape = java.util.Arrays.stream(weight.shape()).boxed().toList();
        String type = Quantizer.type(node);
        long parameters = weight.size() + (node.inputs().size() > 2 ? weight.shape()[0] : 0);
        long bytes = QvFile.size(weight) + Float.BYTES * (parameters - weight.size());
        return new ModuleInfo(node.path(), type, shape, parameters, bytes, List.of("static", "dynamic"));
    }
}
