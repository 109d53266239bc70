package org.quantvoice.torch;

import java.util.EnumMap;
import java.util.Map;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;

/** Models that several test classes use, quantized once a JVM and left open: quantizing takes seconds. */
final class SharedModels {
    private static final Map<Backend, AcousticModel> TUTORIAL = new EnumMap<>(Backend.class);

    private SharedModels() {}

    /** The tutorial's recipe with the guard on. */
    static synchronized AcousticModel tutorial(Backend backend) {
        return TUTORIAL.computeIfAbsent(backend, b -> Digits.open(b, Digits.STATIC, Digits.DYNAMIC, true));
    }
}
