package org.quantvoice.torch.graph;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * Describes an argument of a method for its import. Lists of these are in the order of the method's parameters, without
 * self.
 */
public sealed interface InputSpec {

    /**
     * A tensor input of the graph.
     *
     * @param name of the input
     * @param type element type
     * @param shape constants and single symbols
     * @param largest the largest of its elements, if callers guarantee one; methods derive sizes from the largest of
     *     the lengths
     */
    record TensorInput(String name, DType type, Shape shape, Optional<Dim> largest) implements InputSpec {
        /** Makes a tensor input whose elements may be any. */
        public TensorInput(String name, DType type, Shape shape) {
            this(name, type, shape, Optional.empty());
        }
    }

    /**
     * An integer that is known when the graph runs; it becomes a symbol in sizes.
     *
     * @param name of the symbol
     * @param min its smallest value
     */
    record IntegerInput(String name, long min) implements InputSpec {}

    /**
     * An argument with one value for good: null, a {@link Long}, {@link Double}, {@link Boolean} or {@link String}.
     *
     * @param value the value
     */
    record Fixed(@Nullable Object value) implements InputSpec {
        public Fixed {
            List<Class<?>> kinds = List.of(Long.class, Double.class, Boolean.class, String.class);
            if (value != null && !kinds.contains(value.getClass())) {
                throw new IllegalArgumentException("got a fixed argument of " + value.getClass());
            }
        }
    }

    /**
     * A value in the importer's own form, such as the default of an argument.
     *
     * @param value as the evaluator holds it
     */
    record Given(Object value) implements InputSpec {}

    /**
     * An argument that tells the model that the waveform has its full length, without padding.
     *
     * @param kind the form in which the model expects the length
     * @param batch rows
     * @param samples of each row
     */
    record Full(LengthArgument kind, Dim batch, Dim samples) implements InputSpec {
        Value value(GraphBuilder builder) {
            Attributes attributes =
                    switch (kind) {
                        case RELATIVE -> Attributes.of("shape", List.of(batch), "value", 1.0, "type", "float");
                        case SAMPLES -> Attributes.of("shape", List.of(batch), "value", samples, "type", "int");
                        case BOOL_MASK ->
                            Attributes.of("shape", List.of(batch, samples), "value", Dim.ONE, "type", "bool");
                        case PADDING_MASK ->
                            Attributes.of("shape", List.of(batch, samples), "value", Dim.ZERO, "type", "bool");
                        case FLOAT_MASK ->
                            Attributes.of("shape", List.of(batch, samples), "value", 1.0, "type", "float");
                        case INT_MASK ->
                            Attributes.of("shape", List.of(batch, samples), "value", Dim.ONE, "type", "int");
                    };
            return builder.add(Op.FILL, "", attributes);
        }
    }

    static InputSpec tensor(String name, DType type, Dim... shape) {
        return new TensorInput(name, type, Shape.of(shape));
    }

    /** Makes an input of lengths of another tensor's rows, the longest of which fills its row. */
    static InputSpec lengths(String name, Dim rows, Dim longest) {
        return new TensorInput(name, DType.INT, Shape.of(rows), Optional.of(longest));
    }

    static InputSpec integer(String name, long min) {
        return new IntegerInput(name, min);
    }

    static InputSpec fixed(@Nullable Object value) {
        return new Fixed(value);
    }

    /** Makes an optional argument that is not given. */
    static InputSpec none() {
        return new Fixed(null);
    }

    /** Makes a tensor without elements, by which some methods mean "no cache yet". */
    static InputSpec empty(String name) {
        return new TensorInput(name, DType.FLOAT, Shape.of(0, 0, 0, 0));
    }
}
