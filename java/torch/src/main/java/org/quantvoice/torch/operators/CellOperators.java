package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/**
 * Emits one step of a recurrence ({@code aten::lstm_cell}, {@code gru_cell} and so on, also with packed weights) as two
 * linear layers and the arithmetic of the gates. The arguments are x, state, weight of x, weight of the state, and
 * biases.
 */
final class CellOperators {
    private static final int WEIGHTS = 2;
    private static final int BIASES = 4;

    private CellOperators() {}

    private interface Cell {
        Object step(Call call, Value x, Value h);
    }

    static void register(Map<String, Operator> table) {
        Map<String, Cell> cells = Map.of(
                "lstm_cell",
                CellOperators::lstm,
                "gru_cell",
                CellOperators::gru,
                "rnn_tanh_cell",
                (call, x, h) -> TensorRef.of(unary(call, Op.TANH, sum(call, x, h))),
                "rnn_relu_cell",
                (call, x, h) -> TensorRef.of(unary(call, Op.RELU, sum(call, x, h))));
        cells.forEach((name, cell) -> {
            table.put("aten::" + name, call -> cell.step(call, plain(call, 0), plain(call, 1)));
            table.put(
                    "quantized::quantized_" + name + "_dynamic",
                    call -> cell.step(call, packed(call, 0), packed(call, 1)));
        });
    }

    /** Returns the input, or the state h, which for an LSTM is the first of two states. */
    private static Value operand(Call call, int which) {
        Object argument = call.get(which);
        return call.value((TensorRef)
                (argument instanceof TensorRef ? argument : call.list(which).get(0)));
    }

    /** Returns the product of the input (0) or the state (1) with its weight: {@code [batch, gates * hidden]}. */
    private static Value plain(Call call, int which) {
        List<Value> operands = new ArrayList<>(List.of(operand(call, which), call.weight(WEIGHTS + which)));
        if (!call.isNone(BIASES + which)) {
            operands.add(call.value(BIASES + which));
        }
        return call.add(Op.LINEAR, Attributes.NONE, operands.toArray(Value[]::new));
    }

    private static Value packed(Call call, int which) {
        PackedLayer layer = PackedLayer.of(call, WEIGHTS + which, PackedLayer.LINEAR);
        String half = which == 0 ? "_ih" : "_hh";
        List<Value> operands = new ArrayList<>(List.of(operand(call, which), call.packed(layer, "weight" + half)));
        if (layer.bias() instanceof TensorRef bias) {
            operands.add(call.constant(bias, layer.path(), "bias" + half));
        }
        Attributes attributes =
                layer.isInt8() ? LayerPrecision.DYNAMIC.in(Attributes.NONE) : layer.stored(Attributes.NONE);
        return call.builder().add(Op.LINEAR, layer.path(), attributes, operands.toArray(Value[]::new));
    }

    private static Object lstm(Call call, Value x, Value h) {
        Value gates = sum(call, x, h);
        Value in = unary(call, Op.SIGMOID, gate(call, gates, 0, 4));
        Value forget = unary(call, Op.SIGMOID, gate(call, gates, 1, 4));
        Value update = unary(call, Op.TANH, gate(call, gates, 2, 4));
        Value out = unary(call, Op.SIGMOID, gate(call, gates, 3, 4));
        Value before = call.value((TensorRef) call.list(1).get(1));
        Value c = sum(call, product(call, forget, before), product(call, in, update));
        return ScriptTuple.of(TensorRef.of(product(call, out, unary(call, Op.TANH, c))), TensorRef.of(c));
    }

    private static Object gru(Call call, Value x, Value h) {
        Value reset = unary(call, Op.SIGMOID, sum(call, gate(call, x, 0, 3), gate(call, h, 0, 3)));
        Value keep = unary(call, Op.SIGMOID, sum(call, gate(call, x, 1, 3), gate(call, h, 1, 3)));
        Value update = unary(call, Op.TANH, sum(call, gate(call, x, 2, 3), product(call, reset, gate(call, h, 2, 3))));
        Value off = call.add(Op.SUB, Attributes.NONE, operand(call, 1), update);
        return TensorRef.of(sum(call, update, product(call, keep, off)));
    }

    private static Value gate(Call call, Value gates, int index, int count) {
        Dim width = gates.shape().dim(-1).exactDiv(Dim.of(count)).orElseThrow(() -> call.unsupported("of " + gates));
        Attributes part = Attributes.of(
                "axis",
                gates.shape().rank() - 1,
                "start",
                width.times(index),
                "end",
                width.times(index + 1),
                "step",
                1);
        return call.add(Op.SLICE, part, gates);
    }

    private static Value sum(Call call, Value a, Value b) {
        return call.add(Op.ADD, Attributes.NONE, a, b);
    }

    private static Value product(Call call, Value a, Value b) {
        return call.add(Op.MUL, Attributes.NONE, a, b);
    }

    private static Value unary(Call call, Op op, Value x) {
        return call.add(op, Attributes.NONE, x);
    }
}
