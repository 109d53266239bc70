package org.quantvoice.torch;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The layer types that can become int8, and by which methods. */
enum LayerKind {
    LINEAR("Linear", List.of("dynamic", "static")),
    CONV1D("Conv1d", List.of("static"));

    private final String type;
    private final List<String> methods;

    LayerKind(String type, List<String> methods) {
        this.type = type;
        this.methods = methods;
    }

    static Optional<LayerKind> ofType(String type) {
        return Arrays.stream(values()).filter(k -> k.type.equals(type)).findFirst();
    }

    List<String> methods() {
        return methods;
    }
}
