package org.quantvoice.bench;

import java.util.List;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.engine.ModuleInfo;

/** The layers that become dynamic int8. */
enum Int8Layers {
    NONE,
    /**
     * The layers that {@code quantize_dynamic} of PyTorch and ONNX Runtime quantizes, without convolutions, because
     * ONNX Runtime's integer convolutions are slow.
     */
    LINEAR,
    ALL;

    /** Quantizes these layers. */
    QuantSessionBuilder applyTo(QuantSessionBuilder builder) {
        return switch (this) {
            case NONE -> builder;
            case ALL -> dynamic(builder, "encoder", "ctc", "decoder");
            case LINEAR -> {
                List<ModuleInfo> modules = ModelFile.named(StreamingSpeed.MODEL).modules();
                yield dynamic(
                        builder,
                        modules.stream()
                                .filter(m -> m.type().equals("Linear"))
                                .map(ModuleInfo::path)
                                .distinct()
                                .toArray(String[]::new));
            }
        };
    }

    private static QuantSessionBuilder dynamic(QuantSessionBuilder builder, String... modules) {
        return builder.quantize(Quantization.recipe().dynamicInt8(modules).build());
    }
}
