package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.export.ExportRequest;
import org.quantvoice.internal.export.FirstCache;
import org.quantvoice.internal.export.ModelExporter;
import org.quantvoice.internal.export.ModelPart;
import org.quantvoice.internal.files.Folders;

/** Writes ONNX files of operator set 17. {@link java.util.ServiceLoader} finds this class. */
public final class OnnxExporter implements ModelExporter {
    private static final String ENDING = ".onnx";
    private static final Map<String, String> WAVE_AXES = Map.of("B", "batch", "T", "samples");

    @Override
    public String format() {
        return "onnx";
    }

    @Override
    public void write(ExportRequest request, Path file) {
        requireInt8(request);
        if (request.parts().size() != 1) {
            throw new UnsupportedOperatorException(
                    "a streaming model of " + request.parts().size() + " graphs for one file " + file,
                    "a folder for its encoder, CTC head and decoder",
                    "use onnxParts(folder), or --parts on the command line");
        }
        ModelPart part = request.parts().get(0);
        OnnxFile.write(graph(part, request), metadata(request), file);
    }

    @Override
    public List<Path> writeParts(ExportRequest request, Path folder) {
        requireInt8(request);
        Map<Path, GraphProto> files = new LinkedHashMap<>();
        ModelPart first = request.parts().get(0);
        if (first.role() == ModelPart.Role.CTC_MODEL) {
            requireNoCache(request);
            Graph graph = first.graph();
            List<Value> cut = List.of(GraphSplit.encoderOutput(graph));
            Naming encoder = new Naming("encoder", Map.of(), WAVE_AXES, List.of("encoder_out"));
            files.put(
                    folder.resolve("encoder" + ENDING),
                    new Lowering(graph, request.precision(), encoder).write(graph.inputs(), cut));
            Map<String, String> inputs = Map.of(cut.get(0).label(), "encoder_out");
            Naming head = new Naming("ctc", inputs, WAVE_AXES, List.of("log_probs"));
            files.put(
                    folder.resolve("ctc" + ENDING),
                    new Lowering(graph, request.precision(), head).write(cut, graph.outputs()));
        } else {
            request.parts()
                    .forEach(part -> files.put(folder.resolve(part.role().fileName() + ENDING), graph(part, request)));
        }
        Folders.fill(folder, () -> files.forEach((file, graph) -> OnnxFile.write(graph, metadata(request), file)));
        return new ArrayList<>(files.keySet());
    }

    private static Map<String, String> metadata(ExportRequest request) {
        Map<String, String> all = new LinkedHashMap<>(request.metadata());
        request.parts().forEach(part -> all.putAll(part.facts()));
        all.put("precision", request.precision().name());
        if (request.firstCache() == FirstCache.DUMMY_FRAME) {
            all.put("dummy_frames", "1");
        }
        return all;
    }

    private static GraphProto graph(ModelPart part, ExportRequest request) {
        ExportPrecision precision = request.precision();
        Graph graph = part.graph();
        return switch (part.role()) {
            case CTC_MODEL ->
                new Lowering(graph, precision, new Naming("ctc_model", Map.of(), WAVE_AXES, List.of("log_probs")))
                        .write();
            case ENCODER_CHUNK -> new StreamingEncoder(graph, precision, request.firstCache()).write();
            case CTC_HEAD ->
                new Lowering(
                                graph,
                                precision,
                                new Naming("ctc", Map.of("memory", "hidden"), Map.of("S", "T"), List.of("probs")))
                        .write();
            case ATTENTION_DECODER -> decoder(part, precision, "score");
            case REVERSE_DECODER -> decoder(part, precision, "r_score");
        };
    }

    private static GraphProto decoder(ModelPart part, ExportPrecision precision, String output) {
        Naming naming = new Naming(
                part.role().fileName(),
                Map.of("lens", "hyps_lens", "memory", "encoder_out"),
                Map.of("N", "NBEST", "S", "T"),
                List.of(output));
        return new Lowering(part.graph(), precision, naming).write();
    }

    private static void requireNoCache(ExportRequest request) {
        if (request.firstCache() != FirstCache.EMPTY) {
            throw new UnsupportedOperatorException(
                    "a first cache for a model without caches", "a streaming model", "leave it out");
        }
    }

    /** Refuses the precisions QDQ and DYNAMIC for a float model, because they are forms of int8 layers. */
    private static void requireInt8(ExportRequest request) {
        boolean int8 = request.parts().stream()
                .flatMap(part -> part.graph().nodes().stream())
                .anyMatch(node -> LayerPrecision.of(node).isInt8());
        boolean asked = request.precision() == ExportPrecision.QDQ || request.precision() == ExportPrecision.DYNAMIC;
        if (asked && !int8) {
            throw new UnsupportedOperatorException(
                    "a float model for " + request.precision(),
                    "a model with int8 layers",
                    "build the session with int8(), staticInt8 or dynamicInt8");
        }
    }
}
