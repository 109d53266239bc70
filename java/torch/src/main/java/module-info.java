/** Reads and writes TorchScript, and provides the engine LIBTORCH, which the SDK finds as a service. */
module org.quantvoice.torch {
    requires transitive org.quantvoice.core;
    requires org.bytedeco.javacpp;
    requires org.bytedeco.pytorch;
    requires org.slf4j;
    requires static org.jspecify;

    exports org.quantvoice.torch;
    exports org.quantvoice.torch.train;

    provides org.quantvoice.audio.VoiceActivity.Reader with
            org.quantvoice.torch.TorchVoiceReader;
    provides org.quantvoice.engine.spi.EngineProvider with
            org.quantvoice.torch.TorchEngine;
    provides org.quantvoice.source.ModelImporter with
            org.quantvoice.torch.TorchSource;
}
