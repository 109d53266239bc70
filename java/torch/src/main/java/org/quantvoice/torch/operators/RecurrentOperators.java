package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/**
 * LSTM, GRU and plain recurrences over batches, padded or packed. Their arguments are x, states, weights, has bias, layers,
 * dropout, training, bidirectional and batch first.
 */
final class RecurrentOperators {
    private static final int WEIGHTS = 2;
    private static final int BIASES = 3;
    private static final int LAYERS = 4;
    private static final int BOTH = 7;

    private RecurrentOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::lstm", call -> recurrent(Op.LSTM, Attributes.NONE, call));
        table.put("aten::gru", call -> recurrent(Op.GRU, Attributes.NONE, call));
        table.put("aten::rnn_tanh", call -> recurrent(Op.RNN, Attributes.NONE, call));
        table.put("aten::rnn_relu", call -> recurrent(Op.RNN, Attributes.of("relu", true), call));
        table.put("aten::quantized_lstm", call -> quantized(Op.LSTM, call));
        table.put("aten::quantized_gru", call -> quantized(Op.GRU, call));
    }

    private static Object recurrent(Op op, Attributes more, Call call) {
        if (call.get(BIASES) instanceof List) {
            return PackedSequences.recurrent(call, unpacked -> recurrent(op, more, unpacked));
        }
        boolean bias = call.flag(BIASES);
        int cells = cells(call);
        if (call.list(WEIGHTS).size() != cells * (bias ? 4 : 2)) {
            throw call.unsupported("with " + call.list(WEIGHTS).size() + " weights, e.g. projections");
        }
        return emit(op, call, call.path(), more.with("bias", bias), call.values(WEIGHTS));
    }

    /** Emits a recurrence whose weights and biases are in packed objects, one per layer and direction. */
    private static Object quantized(Op op, Call call) {
        List<?> packed = call.list(WEIGHTS);
        if (packed.size() != cells(call)) {
            throw call.unsupported("with " + packed.size() + " packed cells");
        }
        List<PackedLayer> all = new ArrayList<>();
        packed.forEach(cell -> all.addAll(PackedLayer.ofCell(call, cell)));
        PackedLayer first = all.get(0);
        if (all.size() != 2 * packed.size() || all.stream().anyMatch(p -> p.isInt8() != first.isInt8())) {
            throw call.unsupported("with weights of several kinds");
        }
        boolean bias = all.stream().allMatch(p -> p.bias() instanceof TensorRef);
        List<Value> weights = new ArrayList<>();
        for (int cell = 0; cell < packed.size(); cell++) {
            String suffix = suffix(cell, call.flag(BOTH));
            PackedLayer input = all.get(2 * cell);
            PackedLayer state = all.get(2 * cell + 1);
            weights.add(call.packed(input, "weight_ih" + suffix));
            weights.add(call.packed(state, "weight_hh" + suffix));
            if (bias) {
                weights.add(bias(call, input, "bias_ih" + suffix));
                weights.add(bias(call, state, "bias_hh" + suffix));
            }
        }
        Attributes plain = Attributes.of("bias", bias);
        Attributes attributes = first.isInt8() ? LayerPrecision.DYNAMIC.in(plain) : first.stored(plain);
        return emit(op, call, first.path(), attributes, weights);
    }

    private static Value bias(Call call, PackedLayer product, String role) {
        return call.constant((TensorRef) product.bias(), product.path(), role);
    }

    /** Returns the ending that PyTorch gives to the parameters of a layer and direction. */
    private static String suffix(int cell, boolean both) {
        return "_l" + (both ? cell / 2 : cell) + (both && cell % 2 == 1 ? "_reverse" : "");
    }

    private static int cells(Call call) {
        return call.integer(LAYERS) * (call.flag(BOTH) ? 2 : 1);
    }

    private static ScriptTuple emit(Op op, Call call, String path, Attributes more, List<Value> weights) {
        Attributes attributes = more.with("layers", call.integer(LAYERS))
                .with("bidirectional", call.flag(BOTH))
                .with("batchFirst", call.flag(BOTH + 1));
        List<Value> operands = new ArrayList<>(List.of(call.value(0)));
        List<?> states = op == Op.LSTM ? call.list(1) : List.of(call.get(1));
        if (!states.stream().allMatch(state -> isZero(call, (TensorRef) state))) {
            attributes = attributes.with("state", true);
            states.forEach(state -> operands.add(call.value((TensorRef) state)));
        }
        operands.addAll(weights);
        List<Value> outputs = call.builder().addAll(op, path, attributes, operands);
        return new ScriptTuple(outputs.stream().<Object>map(TensorRef::of).toList());
    }

    private static boolean isZero(Call call, TensorRef state) {
        if (state.content() instanceof Tensor fixed) {
            return fixed.count_nonzero().item_long() == 0;
        }
        Node producer = call.builder().producer(call.value(state)).orElse(null);
        return producer != null
                && producer.op() == Op.FILL
                && !producer.attributes().isInteger("value")
                && producer.attributes().number("value") == 0;
    }
}
