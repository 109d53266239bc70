/** ONNX out; found by the SDK as a service. */
module org.quantvoice.onnx {
    requires com.google.protobuf;
    requires org.quantvoice.core;
    requires org.tribuo.util.onnx;
    requires static org.jspecify;

    provides org.quantvoice.export.ModelExporter with
            org.quantvoice.onnx.OnnxExporter;
}
