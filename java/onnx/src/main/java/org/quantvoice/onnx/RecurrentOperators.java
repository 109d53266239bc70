package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;

/** Writes LSTM, GRU and RNN: one ONNX node per layer, with the gates in ONNX's order. */
final class RecurrentOperators {
    /** The positions of ONNX's gates i, o, f, c in PyTorch's order i, f, g, o. */
    private static final int[] LSTM_GATES = {0, 3, 1, 2};
    /** The positions of ONNX's gates z, r, h in PyTorch's order r, z, n. */
    private static final int[] GRU_GATES = {1, 0, 2};

    private static final int[] ONE_GATE = {0};

    private final Call call;
    private final boolean lstm;
    private final int directions;
    private final int layers;
    private final int weights;
    private final int states;
    private final int hidden;
    private final Dim batch;

    private RecurrentOperators(Call call) {
        Attributes attributes = call.attributes();
        this.call = call;
        this.lstm = call.node().op() == Op.LSTM;
        this.directions = attributes.flag("bidirectional") ? 2 : 1;
        this.layers = attributes.integer("layers");
        this.weights = attributes.flag("bias") ? 4 : 2;
        this.states = !attributes.flag("state") ? 0 : lstm ? 2 : 1;
        this.hidden = Math.toIntExact(call.shape().dim(2).constant()) / directions;
        this.batch = call.node().outputs().get(1).shape().dim(1);
    }

    static List<String> write(Call call) {
        return new RecurrentOperators(call).write();
    }

    private List<String> write() {
        boolean batchFirst = call.attributes().flag("batchFirst");
        String x = batchFirst ? turned(call.x()) : call.x();
        List<String> lastHidden = new ArrayList<>();
        List<String> lastCell = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            List<String> results = layer(x, layer);
            String joined = call.add("Transpose", List.of(results.get(0)), Attribute.of("perm", 0, 2, 1, 3));
            x = call.add("Reshape", joined, call.out().longs(0, 0, (long) directions * hidden));
            lastHidden.add(results.get(1));
            if (lstm) {
                lastCell.add(results.get(2));
            }
        }
        List<String> outputs = new ArrayList<>();
        outputs.add(batchFirst ? turned(x) : x);
        outputs.add(stacked(lastHidden));
        if (lstm) {
            outputs.add(stacked(lastCell));
        }
        return outputs;
    }

    private String turned(String x) {
        return call.add("Transpose", List.of(x), Attribute.of("perm", 1, 0, 2));
    }

    private String stacked(List<String> states) {
        return states.size() == 1 ? states.get(0) : call.add("Concat", states, Attribute.of("axis", 0L));
    }

    /** Writes a layer and returns its output {@code [time, directions, batch, hidden]} and the last states. */
    private List<String> layer(String x, int layer) {
        List<String> inputs = new ArrayList<>(List.of(x, gates(layer, 0), gates(layer, 1), biases(layer), ""));
        for (int state = 1; state <= states; state++) {
            inputs.add(initial(state, layer));
        }
        List<AttributeProto> attributes = new ArrayList<>();
        attributes.add(Attribute.of("hidden_size", (long) hidden));
        attributes.add(Attribute.of("direction", directions == 2 ? "bidirectional" : "forward"));
        if (call.node().op() == Op.GRU) {
            attributes.add(Attribute.of("linear_before_reset", 1L));
        }
        if (call.attributes().flag("relu")) {
            attributes.add(Attribute.of("activations", Collections.nCopies(directions, "Relu")));
        }
        return call.out()
                .addAll(call.node().op().name(), lstm ? 3 : 2, inputs, attributes.toArray(AttributeProto[]::new));
    }

    private String initial(int operand, int layer) {
        Shape all = Shape.of(Dim.of((long) layers * directions), batch, Dim.of(hidden));
        String whole = call.add("Expand", call.name(operand), call.sizes().list(all.dims()));
        long first = (long) layer * directions;
        return call.add(
                "Slice",
                List.of(
                        whole,
                        call.out().longs(first),
                        call.out().longs(first + directions),
                        call.out().longs(0)));
    }

    /** Returns the weights of the input (0) or of the state (1), of both directions. */
    private String gates(int layer, int which) {
        int operand = operand(layer, 0, which);
        return call.out().shared(call.value(operand).label() + ".gates", () -> {
            int width = Math.toIntExact(call.constant(operand).shape()[1]);
            int gates = order().length;
            float[] all = new float[directions * gates * hidden * width];
            for (int direction = 0; direction < directions; direction++) {
                TensorData data = call.constant(operand(layer, direction, which));
                reorder(data.floats(), width, all, direction * gates * hidden * width);
            }
            return Tensors.floats(all, directions, (long) gates * hidden, width);
        });
    }

    /** Returns the biases of input and state one behind the other, or an empty name if the layer has none. */
    private String biases(int layer) {
        if (weights == 2) {
            return "";
        }
        return call.out().shared(call.value(operand(layer, 0, 2)).label() + ".gates", () -> {
            int size = order().length * hidden;
            float[] all = new float[directions * 2 * size];
            for (int direction = 0; direction < directions; direction++) {
                for (int which = 0; which < 2; which++) {
                    float[] bias =
                            call.constant(operand(layer, direction, 2 + which)).floats();
                    reorder(bias, 1, all, (2 * direction + which) * size);
                }
            }
            return Tensors.floats(all, directions, 2L * size);
        });
    }

    private int operand(int layer, int direction, int which) {
        return 1 + states + (layer * directions + direction) * weights + which;
    }

    private int[] order() {
        return switch (call.node().op()) {
            case LSTM -> LSTM_GATES;
            case GRU -> GRU_GATES;
            default -> ONE_GATE;
        };
    }

    private void reorder(float[] from, int width, float[] to, int at) {
        int[] order = order();
        int size = hidden * width;
        for (int gate = 0; gate < order.length; gate++) {
            System.arraycopy(from, order[gate] * size, to, at + gate * size, size);
        }
    }
}
