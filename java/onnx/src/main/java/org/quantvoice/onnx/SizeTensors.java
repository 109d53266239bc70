package org.quantvoice.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.DimArithmetic;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Symbol;

/**
 * Computes sizes that depend on the input, as int64 tensors of one element, once each from the shapes of the inputs.
 */
final class SizeTensors implements DimArithmetic<String> {
    private final OnnxGraph out;
    private final Map<String, String> known = new HashMap<>();

    SizeTensors(OnnxGraph out) {
        this.out = out;
    }

    /** Makes the sizes of an input known. */
    void axesOf(String input, Shape shape) {
        for (int axis = 0; axis < shape.rank(); axis++) {
            Dim dim = shape.dim(axis);
            if (!dim.isConstant() && !known.containsKey(dim.toString())) {
                known.put(
                        dim.toString(),
                        out.add("Shape", List.of(input), Attribute.of("start", axis), Attribute.of("end", axis + 1L)));
            }
        }
    }

    /** Makes an integer argument known, which is an input without axes, as a size. */
    void argument(String input, Symbol symbol) {
        known.put(symbol.toString(), out.add("Unsqueeze", List.of(input, out.longs(0))));
    }

    /** Returns a size as a tensor {@code [1]}. */
    String of(Dim dim) {
        if (dim.isConstant()) {
            return out.longs(dim.constant());
        }
        String name = known.get(dim.toString());
        if (name == null) {
            name = dim.in(this);
            known.put(dim.toString(), name);
        }
        return name;
    }

    /** Returns a size as a tensor without axes. */
    String scalar(Dim dim) {
        return dim.isConstant()
                ? out.scalar(DType.INT, dim.constant())
                : out.add("Squeeze", List.of(of(dim), out.longs(0)));
    }

    /** Writes all sizes into one tensor with one axis. */
    String list(List<Dim> dims) {
        if (dims.stream().allMatch(Dim::isConstant)) {
            return out.longs(dims.stream().mapToLong(Dim::constant).toArray());
        }
        return out.add("Concat", dims.stream().map(this::of).toList(), Attribute.of("axis", 0L));
    }

    @Override
    public String constant(long value) {
        return out.longs(value);
    }

    @Override
    public String symbol(Symbol symbol) {
        String name = known.get(symbol.toString());
        if (name == null) {
            throw new UnsupportedOperatorException(
                    "a part of a model that needs the size " + symbol + ", which none of its inputs has",
                    "a part that depends on its own inputs alone",
                    "export the model as one file");
        }
        return name;
    }

    @Override
    public String plus(String left, String right) {
        return out.add("Add", List.of(left, right));
    }

    @Override
    public String times(String left, String right) {
        return out.add("Mul", List.of(left, right));
    }

    /**
     * Divides and rounds down. ONNX's Div rounds towards zero, so the remainder of Mod, which has the divisor's sign,
     * is subtracted first; the rest divides exactly.
     */
    @Override
    public String floorDiv(String dividend, String divisor) {
        String rest = out.add("Mod", List.of(dividend, divisor));
        return out.add("Div", List.of(out.add("Sub", List.of(dividend, rest)), divisor));
    }

    @Override
    public String max(String left, String right) {
        return out.add("Max", List.of(left, right));
    }
}
