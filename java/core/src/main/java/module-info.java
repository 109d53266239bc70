/**
 * The SDK: sessions, audio, decoding, language models, quantization and the native engine.
 *
 * <p>On a module path, the natives of a platform are a module of their own, {@code org.quantvoice.core.linux.x86_64} for
 * example, and so is each embedded model, such as {@code org.quantvoice.models.digits}: require them, or name them with
 * {@code --add-modules}.
 */
module org.quantvoice.core {
    requires transitive java.desktop; // javax.sound: AudioInputStream, the microphone
    requires org.bytedeco.javacpp;
    requires org.slf4j;
    requires org.snakeyaml.engine.v2;
    requires static transitive org.jspecify;

    exports org.quantvoice;
    exports org.quantvoice.audio;
    exports org.quantvoice.decode;
    exports org.quantvoice.engine;
    exports org.quantvoice.engine.spi;
    exports org.quantvoice.error;
    exports org.quantvoice.eval;
    exports org.quantvoice.export;
    exports org.quantvoice.lm;
    exports org.quantvoice.quant;
    exports org.quantvoice.stream;

    // Shared by the parts of QuantVoice; may change from version to version.
    exports org.quantvoice.graph to
            org.quantvoice.onnx,
            org.quantvoice.torch;
    exports org.quantvoice.source to
            org.quantvoice.onnx,
            org.quantvoice.torch;
    exports org.quantvoice.internal.archive to
            org.quantvoice.torch;
    exports org.quantvoice.internal.beam to
            org.quantvoice.cli,
            org.quantvoice.server,
            org.quantvoice.torch;
    exports org.quantvoice.internal.engine to
            org.quantvoice.cli,
            org.quantvoice.torch;
    exports org.quantvoice.internal.exec to
            org.quantvoice.cli;
    exports org.quantvoice.internal.export to
            org.quantvoice.onnx,
            org.quantvoice.torch;
    exports org.quantvoice.internal.features to
            org.quantvoice.torch;
    exports org.quantvoice.internal.files to
            org.quantvoice.cli,
            org.quantvoice.onnx,
            org.quantvoice.torch;
    exports org.quantvoice.internal.json to
            org.quantvoice.cli,
            org.quantvoice.server;
    exports org.quantvoice.internal.kernels to
            org.quantvoice.cli;
    exports org.quantvoice.internal.live to
            org.quantvoice.torch;
    exports org.quantvoice.internal.npy to
            org.quantvoice.cli;
    exports org.quantvoice.internal.quantize to
            org.quantvoice.cli;
    exports org.quantvoice.internal.recipe to
            org.quantvoice.torch;
    exports org.quantvoice.internal.tasks to
            org.quantvoice.cli;
    exports org.quantvoice.internal.text to
            org.quantvoice.cli,
            org.quantvoice.torch;
    exports org.quantvoice.internal.voice to
            org.quantvoice.torch;

    uses org.quantvoice.audio.AudioDecoder;
    uses org.quantvoice.audio.VoiceActivity.Reader;
    uses org.quantvoice.engine.spi.EngineProvider;
    uses org.quantvoice.internal.export.ModelExporter;
    uses org.quantvoice.source.ModelImporter;

    provides org.quantvoice.audio.VoiceActivity.Reader with
            org.quantvoice.internal.voice.OnnxVoiceReader;
    provides org.quantvoice.engine.spi.EngineProvider with
            org.quantvoice.internal.nativeengine.NativeEngine;
    provides org.quantvoice.source.ModelImporter with
            org.quantvoice.internal.huggingface.FolderSource,
            org.quantvoice.internal.huggingface.NemoSource,
            org.quantvoice.internal.onnx.OnnxSource;
}
