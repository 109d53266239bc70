/** Writes ONNX files. The SDK finds this module as a service. */
module org.quantvoice.onnx {
    requires transitive org.quantvoice.core;
    requires com.google.protobuf;
    requires org.tribuo.util.onnx;
    requires static org.jspecify;

    exports org.quantvoice.onnx;

    provides org.quantvoice.internal.export.ModelExporter with
            org.quantvoice.onnx.OnnxExporter;
}
