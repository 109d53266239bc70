/** TorchScript in and out, and the engine LIBTORCH; found by the SDK as a service. */
module org.quantvoice.torch {
    requires transitive org.quantvoice.core;
    requires org.bytedeco.javacpp;
    requires org.bytedeco.pytorch;
    requires org.slf4j;
    requires static org.jspecify;

    exports org.quantvoice.torch;

    provides org.quantvoice.engine.EngineProvider with
            org.quantvoice.torch.TorchEngine;
    provides org.quantvoice.graph.GraphSource with
            org.quantvoice.torch.TorchGraphSource;
    provides org.quantvoice.plan.GradientSource with
            org.quantvoice.torch.TorchGradientSource;
    provides org.quantvoice.plan.StreamingGraphSource with
            org.quantvoice.torch.TorchStreamingSource;
}
