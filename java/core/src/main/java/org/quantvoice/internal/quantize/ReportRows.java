package org.quantvoice.internal.quantize;

import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.WeightFormat;

/** Makes the rows of a report of quantization, before noise is measured. */
final class ReportRows {
    private ReportRows() {}

    static QuantReport.Layer quantized(Node node, LayerPrecision.Kind kind, WeightFormat format) {
        return new QuantReport.Layer(
                node.path(),
                Quantizer.type(node),
                kind == LayerPrecision.Kind.INT8_STATIC ? QuantReport.Method.STATIC : QuantReport.Method.DYNAMIC,
                Double.NaN,
                Double.NaN,
                format.equals(WeightFormat.INT8) ? "" : "weights " + format);
    }

    static QuantReport.Layer keptFloat(Node node, String why) {
        return new QuantReport.Layer(
                node.path(), Quantizer.type(node), QuantReport.Method.KEPT_FLOAT, Double.NaN, Double.NaN, why);
    }
}
