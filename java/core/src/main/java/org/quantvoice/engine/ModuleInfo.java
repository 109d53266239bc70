package org.quantvoice.engine;

import java.util.List;

/**
 * One module of a model.
 *
 * @param path dotted path; empty for the model itself
 * @param type short type name, e.g. {@code Linear}
 * @param weightShape shape of its weight, empty if it has none of its own
 * @param parameters number of parameters in it and below it
 * @param bytes size of these parameters in bytes
 * @param quantizable {@code static}, {@code dynamic}, {@code float16}: the methods by which it can be quantized
 */
public record ModuleInfo(
        String path, String type, List<Long> weightShape, long parameters, long bytes, List<String> quantizable) {

    public ModuleInfo {
        weightShape = List.copyOf(weightShape);
        quantizable = List.copyOf(quantizable);
    }
}
