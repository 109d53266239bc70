package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Symbol;
import org.quantvoice.graph.Value;

/** Writes a graph, or the part of it between some values, operator by operator in ONNX. An object is for one use. */
final class Lowering {
    private final Graph graph;
    private final ExportPrecision precision;
    private final Naming naming;
    private final OnnxGraph out = new OnnxGraph();
    private final SizeTensors sizes = new SizeTensors(out);
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<String, List<String>> shared = new HashMap<>();

    Lowering(Graph graph, ExportPrecision precision, Naming naming) {
        this.graph = graph;
        this.precision = precision;
        this.naming = naming;
    }

    Graph graph() {
        return graph;
    }

    OnnxGraph out() {
        return out;
    }

    SizeTensors sizes() {
        return sizes;
    }

    ExportPrecision precision() {
        return precision;
    }

    /** Writes the whole graph. */
    GraphProto write() {
        return write(graph.inputs(), graph.outputs());
    }

    /** Writes the nodes between some values. */
    GraphProto write(List<Value> inputs, List<Value> outputs) {
        compute(inputs, outputs);
        for (int i = 0; i < outputs.size(); i++) {
            declare(outputs.get(i), naming.output(i));
        }
        return build();
    }

    GraphProto build() {
        return out.build(naming.graph());
    }

    /** Adds all nodes, but declares no outputs. */
    void compute(List<Value> inputs, List<Value> outputs) {
        compute(inputs, outputs, UnaryOperator.identity());
    }

    /**
     * Adds all nodes, but declares no outputs.
     *
     * @param inside maps the name of an input to the name of the value that the nodes use for it
     */
    void compute(List<Value> inputs, List<Value> outputs, UnaryOperator<String> inside) {
        for (Value input : inputs) {
            String name = naming.input(input.label());
            names.put(input.id(), name);
            out.input(info(name, input.type(), input.shape()));
        }
        for (Symbol scalar : graph.scalars()) {
            out.input(info(scalar.name(), DType.INT, new Shape(List.of())));
        }
        names.replaceAll((id, name) -> inside.apply(name));
        out.enter("sizes");
        inputs.forEach(v -> sizes.axesOf(name(v), v.shape()));
        graph.scalars().forEach(s -> sizes.argument(inside.apply(s.name()), s));
        Set<Node> needed = needed(outputs);
        requireRoom(needed);
        graph.nodes().stream().filter(needed::contains).forEach(this::write);
        out.enter("");
    }

    /** Refuses a graph whose weights do not fit in a file, before any of them are copied. */
    private void requireRoom(Set<Node> needed) {
        Set<Constant> constants = new HashSet<>();
        for (Node node : needed) {
            node.inputs().forEach(v -> graph.constant(v).ifPresent(constants::add));
        }
        long bytes = 0;
        for (Constant constant : constants) {
            boolean int8 = constant.data() instanceof QuantizedTensor && precision != ExportPrecision.FLOAT;
            int width = int8 ? 1 : constant.data().type().bytes();
            bytes = Math.addExact(bytes, Math.multiplyExact(constant.data().size(), (long) width));
        }
        if (bytes > OnnxGraph.MAX_BYTES) {
            throw OnnxGraph.tooLarge();
        }
    }

    private void write(Node node) {
        out.enter(node.path());
        List<String> results = Operators.write(new Call(node, this));
        for (int i = 0; i < results.size(); i++) {
            names.put(node.outputs().get(i).id(), results.get(i));
        }
    }

    private Set<Node> needed(List<Value> outputs) {
        Set<Node> found = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(outputs);
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (!names.containsKey(value.id())) {
                graph.producer(value).filter(found::add).ifPresent(node -> open.addAll(node.inputs()));
            }
        }
        return found;
    }

    /**
     * Returns the name of a value that was computed before, or of a constant, which is written when it is first needed.
     */
    String name(Value value) {
        return names.computeIfAbsent(value.id(), id -> {
            var constant = graph.constant(value).orElseThrow();
            return out.shared(constant.name(), () -> Tensors.of(constant.data()));
        });
    }

    /** Returns the names of nodes that several layers share, which are made at the first call. */
    List<String> once(String what, Supplier<List<String>> make) {
        List<String> made = shared.get(what);
        if (made == null) {
            made = make.get();
            shared.put(what, made);
        }
        return made;
    }

    /** Makes a value an output. */
    void declare(Value value, String name) {
        declare(name(value), name, value.type(), value.shape());
    }

    void declare(String value, String name, DType type, Shape shape) {
        out.output(info(name, type, shape), value);
    }

    void input(String name, DType type, Shape shape) {
        out.input(info(name, type, shape));
    }

    private ValueInfoProto info(String name, DType type, Shape shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (Dim dim : shape.dims()) {
            var axis = TensorShapeProto.Dimension.newBuilder();
            dims.addDim(dim.isConstant() ? axis.setDimValue(dim.constant()) : axis.setDimParam(naming.axis(dim)));
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(Tensors.typeOf(type)).setShape(dims);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
