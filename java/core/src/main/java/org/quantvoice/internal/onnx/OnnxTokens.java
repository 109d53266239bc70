package org.quantvoice.internal.onnx;

import java.util.Optional;
import org.quantvoice.internal.onnx.read.OnnxModel;

/** The token list that an ONNX file brings with it. */
final class OnnxTokens {
    /** Where our own files have the text of a {@code tokens.json}. */
    private static final String TOKENS = "tokens";

    private OnnxTokens() {}

    static Optional<String> of(OnnxModel model) {
        return Optional.ofNullable(model.metadata().get(TOKENS)).filter(text -> text.startsWith("{"));
    }
}
