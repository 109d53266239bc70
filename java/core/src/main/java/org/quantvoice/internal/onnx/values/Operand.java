package org.quantvoice.internal.onnx.values;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;

/** What a name of an ONNX graph stands for while the model is read. */
public sealed interface Operand {

    /**
     * Whole numbers that sizes give.
     *
     * @param shape of the tensor, which has as many elements
     */
    static Operand sizes(ElementType type, List<Long> shape, List<Dim> numbers) {
        return new Sizes(type, shape, numbers.stream().map(Ratio::of).toList());
    }

    /**
     * A tensor of the file, or one that was computed of such.
     *
     * @param name of the parameter; empty if it has none
     */
    record Fixed(String name, ElementType type, TensorData data) implements Operand {}

    /**
     * Numbers that sizes give, in few elements.
     *
     * @param shape of the tensor
     * @param elements row-major
     */
    record Sizes(ElementType type, List<Long> shape, List<Ratio> elements) implements Operand {}

    /** What the graph computes. */
    record Live(ElementType type, Value value) implements Operand {}

    /**
     * {@code values * scale} of a weight that the file keeps in 8 bits, with what it takes to give it over as it is.
     *
     * @param weight whole numbers and scales
     */
    record Stored(StoredWeight weight) implements Operand {}

    /**
     * An activation that is rounded to fixed levels.
     *
     * @param x before it is rounded
     * @param levels where they lie
     * @param whole whether this is the number of the level, not its value
     */
    record Rounded(Value x, Levels levels, boolean whole) implements Operand {}

    /** Levels, scale and zero point that {@code DynamicQuantizeLinear} gives for an activation. */
    record Dynamic(Value x, Part part) implements Operand {
        /** Which result of the operator. */
        public enum Part {
            LEVELS,
            SCALE,
            ZERO
        }
    }

    /** An activation that is rounded to levels of its range at run time. */
    record DynamicRounded(Value x) implements Operand {}

    /**
     * The scale of an activation times scales of channels.
     *
     * @param channels one, or one a channel
     */
    record DynamicScale(Value x, List<Float> channels) implements Operand {}

    /** The sums of an integer product, before they are scaled. */
    record Sums(IntegerProduct product) implements Operand {}

    /** {@code factor * erf(x) + offset}. */
    record Erf(Value x, double factor, double offset) implements Operand {}

    /** Several tensors. */
    record Sequence(List<Operand> parts) implements Operand {}

    /** The result of a node that gives nothing, or an optional value that is not there. */
    record Absent(@Nullable String name) implements Operand {}
}
