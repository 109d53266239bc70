package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.quantvoice.error.OutputException;
import org.quantvoice.graph.DType;

/** An ONNX graph under construction: values are known by name. Small constants are kept once. */
final class OnnxGraph {
    /**
     * The most bytes of weights. Protocol buffers hold less than 2 GiB; the nodes take far less than the 64 MiB that
     * are left.
     */
    static final long MAX_BYTES = Integer.MAX_VALUE - (64L << 20);

    private final GraphProto.Builder proto = GraphProto.newBuilder();
    private final Map<String, String> constants = new HashMap<>();
    private String path = "";
    private long bytes;
    private int made;

    /** Sets the module whose nodes come next; their names begin with its path. */
    void enter(String modulePath) {
        path = modulePath;
    }

    /** Adds a node of one output and returns the output's name. */
    String add(String op, List<String> inputs, AttributeProto... attributes) {
        return addAll(op, 1, inputs, attributes).get(0);
    }

    /** Adds a node; an absent input is an empty name. */
    List<String> addAll(String op, int outputs, List<String> inputs, AttributeProto... attributes) {
        String name = (path.isEmpty() ? "" : path + "/") + op + "_" + made++;
        List<String> results = outputs == 1
                ? List.of(name)
                : IntStream.range(0, outputs).mapToObj(i -> name + ":" + i).toList();
        proto.addNode(NodeProto.newBuilder()
                .setName(name)
                .setOpType(op)
                .addAllInput(inputs)
                .addAllOutput(results)
                .addAllAttribute(Arrays.asList(attributes)));
        return results;
    }

    /** Returns a one-dimensional tensor of integers. */
    String longs(long... values) {
        return shared("int" + Arrays.toString(values), () -> Tensors.longs(values, values.length));
    }

    /** Returns a one-dimensional tensor of floats. */
    String floats(float... values) {
        return shared("float" + Arrays.toString(values), () -> Tensors.floats(values, values.length));
    }

    /** Returns a tensor without axes. */
    String scalar(DType type, double value) {
        return shared(type + " " + value, () -> Tensors.filled(type, value));
    }

    /** Returns a tensor of double precision without axes. */
    String doubleScalar(double value) {
        return shared("double " + value, () -> Tensors.doubleScalar(value));
    }

    String uint8(int value) {
        return shared("uint8 " + value, () -> Tensors.uint8(new byte[] {(byte) value}));
    }

    /** Returns the name of a constant tensor, which is made when its name is first asked for. */
    String shared(String name, Supplier<TensorProto> tensor) {
        return constants.computeIfAbsent(name, n -> {
            TensorProto made = tensor.get();
            bytes += made.getRawData().size();
            if (bytes > MAX_BYTES) {
                throw tooLarge();
            }
            proto.addInitializer(made.toBuilder().setName(n));
            return n;
        });
    }

    static OutputException tooLarge() {
        return new OutputException(
                "more than " + MAX_BYTES + " bytes of weights in one ONNX file",
                "less than 2 GiB, the limit of protocol buffers; weights in files of their own are not written",
                "quantize the model first, or write its parts apart");
    }

    void input(ValueInfoProto input) {
        proto.addInput(input);
    }

    /** Declares an output that is another name of a value made before. */
    void output(ValueInfoProto output, String value) {
        proto.addNode(NodeProto.newBuilder()
                .setName(output.getName())
                .setOpType("Identity")
                .addInput(value)
                .addOutput(output.getName()));
        proto.addOutput(output);
    }

    GraphProto build(String name) {
        return proto.setName(name).build();
    }
}
