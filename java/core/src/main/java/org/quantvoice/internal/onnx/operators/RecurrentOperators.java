package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates LSTM, GRU and RNN: one layer, one or two directions, with ONNX's order of gates. */
final class RecurrentOperators {
    /** Positions of i, f, g, o among ONNX's gates i, o, f, c. */
    private static final int[] LSTM_GATES = {0, 2, 3, 1};
    /** Positions of r, z, n among ONNX's gates z, r, h. */
    private static final int[] GRU_GATES = {1, 0, 2};

    private static final int[] ONE_GATE = {0};

    private static final Set<String> KNOWN = Set.of("Tanh", "Relu");

    private final Call call;
    private final Op op;
    private final boolean lstm;
    private final int[] order;
    private final int hidden;
    private final int directions;
    private final boolean backwards;

    private RecurrentOperators(Call call, Op op, int... order) {
        this.call = call;
        this.op = op;
        this.lstm = op == Op.LSTM;
        this.order = order;
        String direction = call.text("direction", "forward");
        this.directions = direction.equals("bidirectional") ? 2 : 1;
        this.backwards = direction.equals("reverse");
        this.hidden = Math.toIntExact(call.shape(2).dim(-1).constant());
    }

    static void register(Map<String, Operator> table) {
        table.put("LSTM", call -> new RecurrentOperators(call, Op.LSTM, LSTM_GATES).apply());
        table.put("GRU", call -> new RecurrentOperators(call, Op.GRU, GRU_GATES).apply());
        table.put("RNN", call -> new RecurrentOperators(call, Op.RNN, ONE_GATE).apply());
    }

    private List<Operand> apply() {
        requirePlain();
        boolean batchFirst = call.integer("layout", 0) != 0;
        Value x = call.value(0);
        int time = batchFirst ? 1 : 0;
        requireFull(x.shape().dim(time));
        List<Value> operands = new ArrayList<>();
        operands.add(backwards ? GatherOperators.reversed(call, x, time) : x);
        boolean state = call.has(5) || call.has(6);
        if (state) {
            for (int i = 5; i < (lstm ? 7 : 6); i++) {
                operands.add(initial(i, batchFirst, x));
            }
        }
        boolean bias = call.has(3);
        for (int direction = 0; direction < directions; direction++) {
            operands.add(weights(1, direction));
            operands.add(weights(2, direction));
            if (bias) {
                operands.add(bias(direction, 0));
                operands.add(bias(direction, 1));
            }
        }
        Attributes attributes = Attributes.of(
                "layers", 1, "bidirectional", directions == 2, "bias", bias, "batchFirst", batchFirst, "state", state);
        if (activations().contains("Relu")) {
            attributes = attributes.with("relu", true);
        }
        return results(call.addAll(op, attributes, operands.toArray(Value[]::new)), batchFirst, time);
    }

    /** Returns the activations of the directions, which only an RNN may choose: tanh or ReLU for all. */
    private List<String> activations() {
        return op == Op.RNN ? call.texts("activations", Collections.nCopies(directions, "Tanh")) : List.of();
    }

    private void requirePlain() {
        boolean usual = !call.hasAttribute("clip")
                && (op == Op.RNN || !call.hasAttribute("activations"))
                && KNOWN.containsAll(activations())
                && activations().stream().distinct().count() <= 1
                && call.integer("input_forget", 0) == 0
                && !call.has(7);
        if (!usual) {
            throw call.unsupported("with clipping, activations of its own, coupled gates or peepholes");
        }
        if (op == Op.GRU && call.integer("linear_before_reset", 0) == 0) {
            throw call.unsupported("that resets before the product (linear_before_reset 0)");
        }
    }

    /** Requires that sequences have their full length. */
    private void requireFull(Dim time) {
        if (call.has(4) && !call.dims(4).stream().allMatch(time::equals)) {
            throw call.unsupported("with sequences shorter than " + time);
        }
    }

    private Value initial(int index, boolean batchFirst, Value x) {
        if (!call.has(index)) {
            List<Dim> shape = List.of(Dim.of(directions), x.shape().dim(batchFirst ? 0 : 1), Dim.of(hidden));
            return call.add(Op.FILL, Attributes.of("shape", shape, "value", 0.0, "type", "float"));
        }
        Value given = call.value(index);
        return batchFirst ? call.transpose(given, 1, 0, 2) : given;
    }

    private TensorData data(int index) {
        Optional<Constant> constant = call.graph().constant(call.value(index));
        return constant.map(Constant::data)
                .orElseThrow(() -> call.unsupported("with weights that are computed at run time"));
    }

    /** Returns the weights of the input (1) or the state (2) of a direction, in PyTorch's order of gates. */
    private Value weights(int index, int direction) {
        TensorData all = data(index);
        int width = Math.toIntExact(all.shape()[2]);
        int size = order.length * hidden * width;
        float[] own = new float[size];
        all.read((long) direction * size, own, 0, size);
        ArrayTensor ordered = ArrayTensor.of(reordered(own, width), (long) order.length * hidden, width);
        return call.build().constant(name(index == 1 ? "weight_ih" : "weight_hh", direction), ordered);
    }

    /** Returns the bias of the input (0) or of the state (1). */
    private Value bias(int direction, int which) {
        int size = order.length * hidden;
        float[] own = new float[size];
        data(3).read((2L * direction + which) * size, own, 0, size);
        return call.build()
                .constant(name(which == 0 ? "bias_ih" : "bias_hh", direction), ArrayTensor.of(reordered(own, 1), size));
    }

    private String name(String role, int direction) {
        String path = call.path().isEmpty() ? call.node().name() : call.path();
        return path + "." + role + (direction == 0 ? "" : "_reverse");
    }

    private float[] reordered(float[] from, int width) {
        float[] to = new float[from.length];
        int size = hidden * width;
        for (int gate = 0; gate < order.length; gate++) {
            System.arraycopy(from, order[gate] * size, to, gate * size, size);
        }
        return to;
    }

    /**
     * Returns the results in ONNX's layout: {@code Y} has an axis for the directions, and states have it behind the
     * batch if the batch comes first.
     */
    private List<Operand> results(List<Value> made, boolean batchFirst, int time) {
        Value y = backwards ? GatherOperators.reversed(call, made.get(0), time) : made.get(0);
        List<Dim> apart = new ArrayList<>(y.shape().dims().subList(0, 2));
        apart.add(Dim.of(directions));
        apart.add(Dim.of(hidden));
        Value split = call.reshape(y, apart);
        List<Operand> results = new ArrayList<>();
        results.addAll(call.floats(batchFirst ? split : call.transpose(split, 0, 2, 1, 3)));
        for (Value state : made.subList(1, made.size())) {
            results.addAll(call.floats(batchFirst ? call.transpose(state, 1, 0, 2) : state));
        }
        return results;
    }
}
