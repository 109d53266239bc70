package org.quantvoice.internal.onnx;

import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.onnx.read.OnnxInput;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.source.FrontEndChoice;

/** Finds the front end of a file that takes features: the one that its metadata name, or else the caller's. */
final class MetadataFrontEnd {
    private static final int RATE = 16_000;
    private static final int WINDOW = 400;
    private static final int HOP = 160;
    private static final int FFT = 512;
    private static final double PRE_EMPHASIS = 0.97;
    private static final String NORMALIZED = "per_feature";

    private MetadataFrontEnd() {}

    /**
     * Returns the front end of a file.
     *
     * @throws ModelFormatException if the caller's contradicts the file's, or does not fit the input
     * @throws UnsupportedOperatorException if neither the file nor the caller names one, or the file names one that
     *     is not known
     */
    static FrontEnd of(OnnxModel model, OnnxInput input, int bins, Optional<FrontEndChoice> choice) {
        Map<String, String> metadata = model.metadata();
        String type = metadata.getOrDefault("model_type", "");
        boolean nemo = type.startsWith("EncDec")
                || metadata.getOrDefault("features", "").equals("nemo");
        if (nemo) {
            FrontEnd own = nemo(model, bins);
            choice.ifPresent(c -> c.requireSame("the metadata of " + model.file(), false, RATE, Optional.of(own)));
            return own;
        }
        return choice.map(c -> c.features(bins))
                .orElseThrow(
                        () -> new UnsupportedOperatorException(
                                model.file() + ", whose input " + input.name() + " are features of " + bins
                                        + " bins of a front end that its metadata does not name: " + metadata,
                                "samples, or metadata of NeMo's models (model_type EncDecCTC..., normalize_type)",
                                "name its front end (qv import --frontend nemo, kaldi, lasr or whisper), or export the model with it in it"));
    }

    private static FrontEnd nemo(OnnxModel model, int bins) {
        String how = model.metadata().getOrDefault("normalize_type", NORMALIZED);
        boolean plain = how.isBlank() || how.equals("NA") || how.equals("None") || how.equals("null");
        if (!how.equals(NORMALIZED) && !plain) {
            throw new UnsupportedOperatorException(
                    model.file() + " with normalize_type '" + how + "' in its metadata",
                    NORMALIZED + " or none",
                    "export the model with its front end in it, so that it takes samples");
        }
        return new FrontEnd(FrontEnd.Kind.NEMO, RATE, bins, WINDOW, HOP, FFT, PRE_EMPHASIS, !plain, 1);
    }
}
