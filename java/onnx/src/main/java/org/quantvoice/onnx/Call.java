package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import java.util.Optional;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;

/** A node of the graph that is being written, with the helpers that make its ONNX form. */
record Call(Node node, Lowering lowering) {

    OnnxGraph out() {
        return lowering.out();
    }

    SizeTensors sizes() {
        return lowering.sizes();
    }

    Attributes attributes() {
        return node.attributes();
    }

    /** Returns the name of the first operand. */
    String x() {
        return name(0);
    }

    Value value(int operand) {
        return node.input(operand);
    }

    boolean has(int operand) {
        return node.inputs().size() > operand;
    }

    String name(int operand) {
        return lowering.name(value(operand));
    }

    /** Returns the name of an operand, converted if it has another type. */
    String as(DType type, int operand) {
        return cast(name(operand), value(operand).type(), type);
    }

    String cast(String x, DType from, DType to) {
        return from == to ? x : add("Cast", List.of(x), Attribute.of("to", Tensors.typeOf(to)));
    }

    Shape shape() {
        return node.output().shape();
    }

    DType type() {
        return node.output().type();
    }

    /** Returns the elements of an operand that must be a constant. */
    TensorData constant(int operand) {
        Optional<TensorData> data = lowering.graph().constant(value(operand)).map(c -> c.data());
        return data.orElseThrow(() -> unsupported("weights that are computed at run time"));
    }

    boolean isConstant(int operand) {
        return lowering.graph().constant(value(operand)).isPresent();
    }

    String add(String op, List<String> inputs, AttributeProto... attributes) {
        return out().add(op, inputs, attributes);
    }

    String add(String op, String input) {
        return out().add(op, List.of(input));
    }

    String add(String op, String left, String right) {
        return out().add(op, List.of(left, right));
    }

    String scalar(double value) {
        return out().scalar(DType.FLOAT, value);
    }

    /** Returns an attribute (a double, or an integer that may depend on sizes) as a tensor of the type without axes. */
    String scalar(String attribute, DType type) {
        if (!attributes().isInteger(attribute)) {
            return out().scalar(type, attributes().number(attribute));
        }
        Dim dim = attributes().dim(attribute);
        return dim.isConstant() ? out().scalar(type, dim.constant()) : cast(sizes().scalar(dim), DType.INT, type);
    }

    /** Returns the exception for a node that has no ONNX form. */
    UnsupportedOperatorException unsupported(String what) {
        return new UnsupportedOperatorException(
                "operator " + node.op() + " at " + (node.path().isEmpty() ? "the top of the model" : node.path())
                        + " with " + what,
                "an operator that ONNX can express",
                "run the model on the native engine, or change the module");
    }
}
