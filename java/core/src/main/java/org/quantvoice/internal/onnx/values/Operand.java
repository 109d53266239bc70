package org.quantvoice.internal.onnx.values;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;

/** The meaning of a name of an ONNX graph while the model is read. */
public sealed interface Operand {

    /**
     * Returns an operand of whole numbers that depend on sizes alone.
     *
     * @param shape of the tensor, which has as many elements
     */
    static Operand sizes(ElementType type, List<Long> shape, List<Dim> numbers) {
        return new Sizes(type, shape, numbers.stream().map(Ratio::of).toList());
    }

    /**
     * A tensor of the file, or one that was computed from such tensors.
     *
     * @param name of the parameter; empty if it has none
     */
    record Fixed(String name, ElementType type, TensorData data) implements Operand {}

    /**
     * Numbers that depend on sizes alone, in few elements.
     *
     * @param shape of the tensor
     * @param elements row-major
     */
    record Sizes(ElementType type, List<Long> shape, List<Ratio> elements) implements Operand {}

    /** A value that the graph computes. */
    record Live(ElementType type, Value value) implements Operand {}

    /**
     * The product {@code values * scale} of a weight that the file stores in 8 bits, with the data to use it
     * unchanged.
     *
     * @param weight whole numbers and scales
     */
    record Stored(StoredWeight weight) implements Operand {}

    /**
     * An activation that is quantized to fixed levels.
     *
     * @param x before quantization
     * @param levels the levels' values
     * @param whole whether this is the number of the level instead of its value
     */
    record Rounded(Value x, Levels levels, boolean whole) implements Operand {}

    /** A result of {@code DynamicQuantizeLinear} for an activation: levels, scale or zero point. */
    record Dynamic(Value x, Part part) implements Operand {
        /** Results of the operator. */
        public enum Part {
            LEVELS,
            SCALE,
            ZERO
        }
    }

    /** An activation that is quantized to levels of its range at run time. */
    record DynamicRounded(Value x) implements Operand {}

    /**
     * The scale of an activation times scales of channels.
     *
     * @param channels one, or one for each channel
     */
    record DynamicScale(Value x, List<Float> channels) implements Operand {}

    /** The sums of an integer product, before they are scaled. */
    record Sums(IntegerProduct product) implements Operand {}

    /** The function {@code factor * erf(x) + offset}. */
    record Erf(Value x, double factor, double offset) implements Operand {}

    /** A list of tensors. */
    record Sequence(List<Operand> parts) implements Operand {}

    /** A result that a node does not give, or an optional value that is absent. */
    record Absent(@Nullable String name) implements Operand {}
}
