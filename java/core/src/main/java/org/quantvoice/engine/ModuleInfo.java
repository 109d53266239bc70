package org.quantvoice.engine;

import java.util.List;

/**
 * One module of a model.
 *
 * @param path dotted path; empty for the model itself
 * @param type short type name, e.g. {@code Linear}
 * @param weightShape shape of its weight, empty if it has none of its own
 * @param parameters numbers in it and below it
 * @param bytes the same in bytes
 * @param quantizable {@code static}, {@code dynamic}, {@code float16}: the methods that can take it as it is
 */
public record ModuleInfo(
        String path, String type, List<Long> weightShape, long parameters, long bytes, List<String> quantizable) {

    public ModuleInfo {
        weightShape = List.copyOf(weightShape);
        quantizable = List.copyOf(quantizable);
    }
}
