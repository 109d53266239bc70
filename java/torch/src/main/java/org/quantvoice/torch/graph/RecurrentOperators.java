package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/** LSTM and GRU over padded batches. */
final class RecurrentOperators {

    private RecurrentOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::lstm", call -> recurrent(Op.LSTM, call));
        table.put("aten::gru", call -> recurrent(Op.GRU, call));
    }

    /** Arguments: x, states, weights, has bias, layers, dropout, training, bidirectional, batch first. */
    private static Object recurrent(Op op, Call call) {
        if (call.get(3) instanceof List) {
            throw call.unsupported("packed sequences");
        }
        boolean bias = call.flag(3);
        int cells = call.integer(4) * (call.flag(7) ? 2 : 1);
        List<?> weights = call.list(2);
        if (weights.size() != cells * (bias ? 4 : 2)) {
            throw call.unsupported("with " + weights.size() + " weights, e.g. projections");
        }
        Attributes attributes = Attributes.of(
                "layers", call.integer(4), "bias", bias, "bidirectional", call.flag(7), "batchFirst", call.flag(8));
        List<Value> operands = new ArrayList<>(List.of(call.value(0)));
        List<?> states = op == Op.LSTM ? call.list(1) : List.of(call.get(1));
        if (!states.stream().allMatch(state -> isZero(call, (TensorRef) state))) {
            attributes = attributes.with("state", true);
            states.forEach(state -> operands.add(call.value((TensorRef) state)));
        }
        operands.addAll(call.values(2));
        List<Value> outputs = call.builder().addAll(op, call.path(), attributes, operands);
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
