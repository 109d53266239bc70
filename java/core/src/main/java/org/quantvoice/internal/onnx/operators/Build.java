package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.Ratio;
import org.quantvoice.internal.onnx.values.SmallNumbers;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** The graph under construction; nodes that depend on constants alone are computed at once. */
final class Build {
    private static final long MOST_FOLDED = 1L << 31;

    private final GraphBuilder graph = new GraphBuilder();
    private final Map<TensorData, Value> known = new IdentityHashMap<>();
    private final Set<String> names = new HashSet<>();

    GraphBuilder graph() {
        return graph;
    }

    /** Adds a tensor of the model to the graph, only once. */
    Value constant(String name, TensorData data) {
        return known.computeIfAbsent(data, d -> graph.constant(unique(name), d, !name.isEmpty()));
    }

    private String unique(String name) {
        String base = name.isEmpty() ? "constant" : name;
        String result = base;
        for (int i = 2; !names.add(result); i++) {
            result = base + "." + i;
        }
        return result;
    }

    /** Adds a node, and returns its outputs or the constants that they are. */
    List<Value> add(Op op, String path, Attributes attributes, Value... operands) {
        List<Value> made = graph.addAll(op, path, attributes, List.of(operands));
        boolean counted = op == Op.ARANGE && isSmall(made.get(0));
        boolean fixed = (operands.length > 0 || counted)
                && made.size() == 1
                && made.get(0).shape().isConstant()
                && List.of(operands).stream().allMatch(v -> graph.constant(v).isPresent());
        if (!fixed
                || graph.constant(made.get(0)).isPresent()
                || made.get(0).shape().size().constant() > MOST_FOLDED) {
            return made;
        }
        String name =
                counted ? "" : graph.constant(operands[0]).map(Constant::name).orElse("");
        return List.of(constant(name, computed(op, attributes, operands)));
    }

    private static boolean isSmall(Value value) {
        return value.shape().isConstant() && value.shape().size().constant() <= SmallNumbers.MOST;
    }

    private TensorData computed(Op op, Attributes attributes, Value... operands) {
        GraphBuilder alone = new GraphBuilder();
        Map<TensorData, Value> inside = new IdentityHashMap<>();
        List<Value> inputs = new ArrayList<>();
        for (Value operand : operands) {
            Constant constant = graph.constant(operand).orElseThrow();
            inputs.add(inside.computeIfAbsent(constant.data(), d -> alone.constant(constant.name(), d, false)));
        }
        Graph small = alone.build(alone.addAll(op, "", attributes, inputs));
        return ReferenceInterpreter.run(small).get(0);
    }

    /** Returns a value as an operand of later operators. */
    Operand operand(Value value, ElementType type) {
        Optional<Constant> constant = graph.constant(value);
        return constant.isPresent()
                ? new Operand.Fixed(constant.get().name(), type, constant.get().data())
                : new Operand.Live(type, value);
    }

    /** Returns the numbers of size expressions as a tensor. */
    Value sizes(Operand.Sizes sizes) {
        DType type = sizes.type().read();
        List<Dim> shape = sizes.shape().stream().map(Dim::of).toList();
        List<Ratio> elements = sizes.elements();
        if (elements.stream().allMatch(Ratio::isConstant)) {
            return constant("", fixed(sizes));
        }
        if (new HashSet<>(elements).size() == 1) {
            return filled(elements.get(0), type, shape);
        }
        List<Value> parts = new ArrayList<>();
        elements.forEach(each -> parts.add(filled(each, type, List.of(Dim.ONE))));
        Value all = add(Op.CONCAT, "", Attributes.of("axis", 0), parts.toArray(Value[]::new))
                .get(0);
        return add(Op.RESHAPE, "", Attributes.of("shape", shape), all).get(0);
    }

    private Value filled(Ratio ratio, DType type, List<Dim> shape) {
        if (ratio.isConstant() && type == DType.FLOAT) {
            return add(Op.FILL, "", Attributes.of("shape", shape, "value", ratio.number(), "type", type.toString()))
                    .get(0);
        }
        Attributes whole = Attributes.of("shape", shape, "value", ratio.top(), "type", DType.INT.toString());
        Value filled = add(Op.FILL, "", whole).get(0);
        Value cast =
                add(Op.CAST, "", Attributes.of("type", type.toString()), filled).get(0);
        return ratio.isWhole()
                ? cast
                : add(Op.DIV, "", Attributes.of("scalar", (double) ratio.bottom()), cast)
                        .get(0);
    }

    /** Returns constant numbers of size expressions as a tensor. */
    static ArrayTensor fixed(Operand.Sizes sizes) {
        long[] shape = sizes.shape().stream().mapToLong(Long::longValue).toArray();
        double[] numbers = sizes.elements().stream().mapToDouble(Ratio::number).toArray();
        return switch (sizes.type().read()) {
            case FLOAT -> {
                float[] floats = new float[numbers.length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) numbers[i];
                }
                yield ArrayTensor.of(floats, shape);
            }
            case INT ->
                ArrayTensor.of(
                        sizes.elements().stream()
                                .mapToLong(r -> r.top().constant())
                                .toArray(),
                        shape);
            case BOOL -> {
                boolean[] truths = new boolean[numbers.length];
                for (int i = 0; i < truths.length; i++) {
                    truths[i] = numbers[i] != 0;
                }
                yield ArrayTensor.of(truths, shape);
            }
        };
    }

    /** Returns a constant whose elements along an axis are in reverse order. */
    static Value reversed(Call call, Value constant, int axis) {
        long[] places = new long[Math.toIntExact(constant.shape().dim(axis).constant())];
        for (int i = 0; i < places.length; i++) {
            places[i] = places.length - 1L - i;
        }
        Value ids = call.build().constant("", ArrayTensor.of(places, places.length));
        return call.add(Op.INDEX_SELECT, Attributes.of("axis", axis), constant, ids);
    }

    static List<Dim> ones(int count) {
        return Collections.nCopies(Math.max(0, count), Dim.ONE);
    }
}
