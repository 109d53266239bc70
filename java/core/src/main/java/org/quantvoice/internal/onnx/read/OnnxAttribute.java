package org.quantvoice.internal.onnx.read;

import java.util.List;
import org.quantvoice.error.ModelFormatException;

/**
 * A setting of a node.
 *
 * @param name of the setting
 * @param value a Long, Float, String, {@link OnnxTensor}, {@link OnnxGraph}, {@code long[]}, {@code float[]} or a
 *     list of texts
 * @param reference name of the function's attribute that it stands for; empty if it has its own value
 */
public record OnnxAttribute(String name, Object value, String reference) {

    /** Returns the value as the type that it must have. */
    public <T> T as(Class<T> type) {
        if (!type.isInstance(value)) {
            throw new ModelFormatException(
                    "an ONNX attribute " + name + " of " + value.getClass().getSimpleName(),
                    "a " + type.getSimpleName(),
                    "export the model again");
        }
        return type.cast(value);
    }

    /** Returns the value as whole numbers: one or a list. */
    public long[] integers() {
        return value instanceof Long one ? new long[] {one} : as(long[].class);
    }

    /** Returns the value as texts. */
    public List<String> texts() {
        List<?> texts = as(List.class);
        return texts.stream().map(String::valueOf).toList();
    }

    @Override
    public String toString() {
        Object shown = value instanceof long[] list
                ? java.util.Arrays.toString(list)
                : value instanceof float[] list
                        ? java.util.Arrays.toString(list)
                        : value instanceof OnnxGraph ? "(a graph)" : value;
        return name + "=" + shown;
    }
}
