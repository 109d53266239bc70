package org.quantvoice.internal.onnx.operators;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All known operators by name; those of ONNX Runtime have its domain before the name. */
final class Operators {
    static final String MICROSOFT = "com.microsoft:";

    private static final Map<String, Operator> TABLE = new HashMap<>();

    static {
        ElementwiseOperators.register(TABLE);
        BinaryOperators.register(TABLE);
        LayoutOperators.register(TABLE);
        GatherOperators.register(TABLE);
        Factories.register(TABLE);
        ProductOperators.register(TABLE);
        ConvolutionOperators.register(TABLE);
        NormOperators.register(TABLE);
        ReductionOperators.register(TABLE);
        RecurrentOperators.register(TABLE);
        QuantizedOperators.register(TABLE);
        SequenceOperators.register(TABLE);
        SpectrumOperators.register(TABLE);
    }

    private Operators() {}

    static @Nullable Operator find(String domain, String name) {
        return TABLE.get(domain.isEmpty() ? name : domain + ":" + name);
    }
}
