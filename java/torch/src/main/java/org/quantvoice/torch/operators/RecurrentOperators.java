package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/**
 * LSTM, GRU and plain recurrences over batches, padded or packed. Their arguments are x, states, weights, has bias, layers, dropout, training,
 * bidirectional and batch first.
 */
final class RecurrentOperators {
    private static final int WEIGHTS = 2;
    private static final int BIASES = 3;
    private static final int LAYERS = 4;
    private static final int BOTH = 7;

    /** The input of a sigmoid that is 1 in single precision, and of whose negative it is 0. */
    private static final double SATURATED = 100;

    private RecurrentOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::lstm", call -> recurrent(Op.LSTM, call));
        table.put("aten::gru", call -> recurrent(Op.GRU, call));
        table.put("aten::rnn_tanh", RecurrentOperators::simple);
        table.put("aten::quantized_lstm", call -> quantized(Op.LSTM, call));
        table.put("aten::quantized_gru", call -> quantized(Op.GRU, call));
    }

    private static Object recurrent(Op op, Call call) {
        if (call.get(BIASES) instanceof List) {
            return PackedSequences.recurrent(call, unpacked -> recurrent(op, unpacked));
        }
        boolean bias = call.flag(BIASES);
        int cells = cells(call);
        if (call.list(WEIGHTS).size() != cells * (bias ? 4 : 2)) {
            throw call.unsupported("with " + call.list(WEIGHTS).size() + " weights, e.g. projections");
        }
        return emit(op, call, call.path(), Attributes.of("bias", bias), call.values(WEIGHTS));
    }

    /**
     * Emits a recurrence without gates as a GRU whose biases hold its gates where they pass everything: the reset gate at
     * 1, the update gate at 0.
     */
    private static Object simple(Call call) {
        if (call.get(BIASES) instanceof List) {
            return PackedSequences.recurrent(call, RecurrentOperators::simple);
        }
        boolean bias = call.flag(BIASES);
        List<?> given = call.list(WEIGHTS);
        List<Value> weights = new ArrayList<>();
        for (int cell = 0; cell < cells(call); cell++) {
            String suffix = suffix(cell, call.flag(BOTH));
            int first = cell * (bias ? 4 : 2);
            Tensor state = fixed(call, given.get(first + 1));
            Tensor none = torch.zeros(state.size(0));
            weights.add(gated(call, fixed(call, given.get(first)), "weight_ih" + suffix, 0));
            weights.add(gated(call, state, "weight_hh" + suffix, 0));
            weights.add(gated(call, bias ? fixed(call, given.get(first + 2)) : none, "bias_ih" + suffix, SATURATED));
            weights.add(gated(call, bias ? fixed(call, given.get(first + 3)) : none, "bias_hh" + suffix, 0));
        }
        return emit(Op.GRU, call, call.path(), Attributes.of("bias", true), weights);
    }

    private static Tensor fixed(Call call, Object weight) {
        if (((TensorRef) weight).content() instanceof Tensor fixed) {
            return fixed;
        }
        throw call.unsupported("with weights that depend on the input");
    }

    /** Returns a weight below those of a reset gate and an update gate, which are {@code gate} and its negative. */
    private static Value gated(Call call, Tensor weight, String role, double gate) {
        Tensor ones = torch.ones_like(weight);
        Tensor reset = ones.mul(new Scalar(gate));
        Tensor all = torch.cat(new TensorVector(reset, reset.neg(), weight), 0);
        return call.constant(TensorRef.of(all), call.path(), role);
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
