package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.read.OnnxAttribute;
import org.quantvoice.internal.onnx.read.OnnxNode;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.Ratio;
import org.quantvoice.internal.onnx.values.SmallNumbers;

/** One call of an operator: a node's operands and settings, and the module path for the nodes of the graph. */
final class Call {
    private final Evaluator evaluator;
    private final OnnxNode node;
    private final List<Operand> operands;
    private final String path;

    Call(Evaluator evaluator, OnnxNode node, List<Operand> operands, String path) {
        this.evaluator = evaluator;
        this.node = node;
        this.operands = operands;
        this.path = path;
    }

    /** Returns a call of the same node with other operands. */
    Call with(Operand... others) {
        return new Call(evaluator, node, List.of(others), path);
    }

    Evaluator evaluator() {
        return evaluator;
    }

    OnnxNode node() {
        return node;
    }

    String operator() {
        return node.operator();
    }

    String path() {
        return path;
    }

    long opset() {
        return evaluator.opset();
    }

    int count() {
        return operands.size();
    }

    boolean has(int index) {
        return index < operands.size() && !(operands.get(index) instanceof Operand.Absent);
    }

    Operand operand(int index) {
        if (!has(index)) {
            throw unsupported("without operand " + index);
        }
        return operands.get(index);
    }

    List<Operand> operands() {
        return operands;
    }

    /** Returns how many nodes use an operand. */
    int uses(int index) {
        return evaluator.uses(node.inputs().get(index));
    }

    Build build() {
        return evaluator.build();
    }

    GraphBuilder graph() {
        return evaluator.build().graph();
    }

    UnsupportedOperatorException unsupported(String detail) {
        return evaluator.refusal(this, detail);
    }

    /** Returns an operand as a tensor of the graph. */
    Value value(int index) {
        return evaluator.value(operand(index), this);
    }

    ElementType type(int index) {
        return Operands.type(operand(index), this);
    }

    Shape shape(int index) {
        return evaluator.shape(operand(index), this);
    }

    /** Returns the number of an operand that is one known number and broadcasts to anything; else empty. */
    OptionalDouble number(int index) {
        return has(index) ? Operands.number(operand(index)) : OptionalDouble.empty();
    }

    /** Returns the whole numbers of an operand, which may depend on sizes. */
    List<Dim> dims(int index) {
        Optional<Operand.Sizes> numbers = SmallNumbers.of(operand(index));
        if (numbers.isEmpty() || !numbers.get().elements().stream().allMatch(Ratio::isWhole)) {
            throw unsupported("with operand " + index + ", '" + name(index) + "', that depends on the samples");
        }
        return numbers.get().elements().stream().map(Ratio::top).toList();
    }

    private String name(int index) {
        return index < node.inputs().size() ? node.inputs().get(index) : "";
    }

    Dim dim(int index) {
        List<Dim> dims = dims(index);
        if (dims.size() != 1) {
            throw unsupported("with " + dims.size() + " numbers as operand " + index);
        }
        return dims.get(0);
    }

    /**
     * Returns whole numbers that do not depend on the input: they are an attribute in older versions and an operand
     * in newer ones.
     */
    List<Long> longs(String attribute, int index) {
        if (hasAttribute(attribute)) {
            return Arrays.stream(attribute(attribute).integers()).boxed().toList();
        }
        List<Long> result = new ArrayList<>();
        for (Dim dim : dims(index)) {
            if (!dim.isConstant()) {
                throw unsupported("with " + attribute + " that depends on sizes");
            }
            result.add(dim.constant());
        }
        return result;
    }

    /** Returns such numbers, or empty if neither attribute nor operand is given. */
    Optional<List<Long>> optionalLongs(String attribute, int index) {
        return hasAttribute(attribute) || has(index) ? Optional.of(longs(attribute, index)) : Optional.empty();
    }

    boolean hasAttribute(String name) {
        return node.attributes().containsKey(name);
    }

    OnnxAttribute attribute(String name) {
        OnnxAttribute attribute = node.attributes().get(name);
        if (attribute == null) {
            throw unsupported("without the attribute " + name);
        }
        return attribute;
    }

    long integer(String name, long otherwise) {
        return hasAttribute(name) ? attribute(name).as(Long.class) : otherwise;
    }

    double real(String name, double otherwise) {
        return hasAttribute(name) ? Operands.decimal(attribute(name).as(Float.class)) : otherwise;
    }

    String text(String name, String otherwise) {
        return hasAttribute(name) ? attribute(name).as(String.class) : otherwise;
    }

    List<String> texts(String name, List<String> otherwise) {
        return hasAttribute(name) ? attribute(name).texts() : otherwise;
    }

    int[] ints(String name, int count, int otherwise) {
        if (!hasAttribute(name)) {
            int[] all = new int[count];
            Arrays.fill(all, otherwise);
            return all;
        }
        long[] given = attribute(name).integers();
        if (given.length != count || Arrays.stream(given).anyMatch(v -> v != (int) v)) {
            throw unsupported("with " + name + " " + Arrays.toString(given) + ", where " + count + " are expected");
        }
        return Arrays.stream(given).mapToInt(v -> (int) v).toArray();
    }

    /** Returns the index of an axis counted from the front. */
    int axis(long axis, int rank) {
        long normal = axis < 0 ? axis + rank : axis;
        if (normal < 0 || normal >= rank) {
            throw unsupported("with axis " + axis + " of " + rank);
        }
        return (int) normal;
    }

    /** Returns the axis that the attribute names, counted from the front. */
    int axis(long otherwise, Value x) {
        return axis(integer("axis", otherwise), x.shape().rank());
    }

    /** Adds a node and returns its output. */
    Value add(Op op, Attributes attributes, Value... values) {
        return addAll(op, attributes, values).get(0);
    }

    List<Value> addAll(Op op, Attributes attributes, Value... values) {
        return build().add(op, path, attributes, values);
    }

    Value add(Op op, Value... values) {
        return add(op, Attributes.NONE, values);
    }

    Value scalar(Op op, Value x, double number) {
        return add(op, Attributes.of("scalar", number), x);
    }

    Value scalar(Op op, Value x, Dim number) {
        return add(op, Attributes.of("scalar", number), x);
    }

    Value reshape(Value x, List<Dim> shape) {
        return add(Op.RESHAPE, Attributes.of("shape", shape), x);
    }

    Value transpose(Value x, int... order) {
        return add(Op.TRANSPOSE, Attributes.of("order", order), x);
    }

    Value slice(Value x, int axis, Dim start, Dim end, int step) {
        return add(Op.SLICE, Attributes.of("axis", axis, "start", start, "end", end, "step", step), x);
    }

    /** Returns the numbers {@code 0, 1, .. size - 1} as a tensor. */
    Value counted(Dim size) {
        return add(Op.ARANGE, Attributes.of("start", Dim.ZERO, "end", size, "step", 1, "type", "int"));
    }

    /** Pads each axis before and after. */
    Value pad(Value x, List<Dim> pads, String mode, double value) {
        return add(Op.PAD, Attributes.of("pads", pads, "mode", mode, "value", value), x);
    }

    Operand result(Value value, ElementType type) {
        return build().operand(value, type);
    }

    /** Returns a result that has the first operand's type. */
    List<Operand> like(Value value) {
        return List.of(result(value, type(0)));
    }

    List<Operand> floats(Value value) {
        return List.of(result(value, ElementType.FLOAT));
    }

    List<Operand> truths(Value value) {
        return List.of(result(value, ElementType.BOOL));
    }
}
