package org.quantvoice.internal.onnx;

import java.util.Map;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.features.FrontEnd;
import org.quantvoice.internal.onnx.read.OnnxInput;
import org.quantvoice.internal.onnx.read.OnnxModel;

/** The front end that the metadata of a file names. */
final class MetadataFrontEnd {
    private static final int RATE = 16_000;
    private static final int WINDOW = 400;
    private static final int HOP = 160;
    private static final int FFT = 512;
    private static final double PRE_EMPHASIS = 0.97;

    private MetadataFrontEnd() {}

    static FrontEnd of(OnnxModel model, OnnxInput input, int bins) {
        Map<String, String> metadata = model.metadata();
        String type = metadata.getOrDefault("model_type", "");
        boolean nemo = type.startsWith("EncDec")
                || metadata.getOrDefault("features", "").equals("nemo");
        if (nemo) {
            boolean normalized =
                    metadata.getOrDefault("normalize_type", "per_feature").equals("per_feature");
            return new FrontEnd(FrontEnd.Kind.NEMO, RATE, bins, WINDOW, HOP, FFT, PRE_EMPHASIS, normalized, 1);
        }
        throw new UnsupportedOperatorException(
                model.file() + ", whose input " + input.name() + " are features of " + bins
                        + " bins of a front end that its metadata does not name: " + metadata,
                "samples, or metadata of NeMo's models (model_type EncDecCTC..., normalize_type)",
                "export the model with its front end in it, so that it takes samples");
    }
}
