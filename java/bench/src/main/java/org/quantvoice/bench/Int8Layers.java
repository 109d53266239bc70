package org.quantvoice.bench;

import java.util.List;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.ModuleInfo;

/** Which layers are dynamic int8. */
enum Int8Layers {
    NONE,
    /** What {@code quantize_dynamic} of PyTorch and ONNX Runtime take: ONNX Runtime's integer convolutions are slow. */
    LINEAR,
    ALL;

    /** Their names for a recipe. */
    String[] names() {
        return switch (this) {
            case NONE -> new String[0];
            case ALL -> new String[] {"encoder", "ctc", "decoder"};
            case LINEAR -> {
                List<ModuleInfo> modules = QuantSession.inspect(StreamingSpeed.MODEL);
                yield modules.stream()
                        .filter(m -> m.type().equals("Linear"))
                        .map(ModuleInfo::path)
                        .distinct()
                        .toArray(String[]::new);
            }
        };
    }
}
