/**
 * The SDK: sessions, audio, decoding, language models, quantization and the native engine.
 *
 * <p>On a module path, the natives of a platform are a module of their own, {@code org.quantvoice.core.linux.x86_64} for
 * example, and so is each embedded model, such as {@code org.quantvoice.models.digits}: require them, or name them with
 * {@code --add-modules}.
 */
module org.quantvoice.core {
    requires java.desktop; // the microphone
    requires org.bytedeco.javacpp;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports org.quantvoice;
    exports org.quantvoice.audio;
    exports org.quantvoice.decode;
    exports org.quantvoice.engine;
    exports org.quantvoice.error;
    exports org.quantvoice.eval;
    exports org.quantvoice.export;
    exports org.quantvoice.features;
    exports org.quantvoice.graph;
    exports org.quantvoice.lm;
    exports org.quantvoice.plan;
    exports org.quantvoice.quant;
    exports org.quantvoice.stream;

    // Shared by the parts of QuantVoice; may change from version to version.
    exports org.quantvoice.files to
            org.quantvoice.cli,
            org.quantvoice.onnx,
            org.quantvoice.torch;
    exports org.quantvoice.internal.text to
            org.quantvoice.cli;
    exports org.quantvoice.json to
            org.quantvoice.cli,
            org.quantvoice.onnx,
            org.quantvoice.server,
            org.quantvoice.torch;
    exports org.quantvoice.kernels to
            org.quantvoice.cli,
            org.quantvoice.onnx,
            org.quantvoice.torch;
    exports org.quantvoice.npy to
            org.quantvoice.cli,
            org.quantvoice.onnx,
            org.quantvoice.torch;
    exports org.quantvoice.qv to
            org.quantvoice.cli,
            org.quantvoice.onnx,
            org.quantvoice.torch;

    uses org.quantvoice.audio.AudioDecoder;
    uses org.quantvoice.engine.EngineProvider;
    uses org.quantvoice.export.ModelExporter;
    uses org.quantvoice.graph.GraphSource;
    uses org.quantvoice.plan.GradientSource;
    uses org.quantvoice.plan.StreamingGraphSource;

    provides org.quantvoice.engine.EngineProvider with
            org.quantvoice.plan.NativeEngine;
}
