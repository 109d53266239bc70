package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.quantvoice.internal.files.AtomicFile;

/** An ONNX file: a graph, the version of its operators, and facts about the model. */
final class OnnxFile {
    /** The version of ONNX's operators. LayerNormalization came with 17; all other operators are older. */
    static final int OPSET = 17;

    private static final int IR_VERSION = 8;

    private OnnxFile() {}

    /**
     * Writes a file atomically.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file stays whole
     */
    static void write(GraphProto graph, Map<String, String> metadata, Path file) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("quantvoice")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph);
        new TreeMap<>(metadata)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        AtomicFile.write(file, model.build()::writeTo);
    }
}
