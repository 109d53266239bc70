package org.quantvoice.torch.script;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueVector;
import org.quantvoice.quant.QuantReport.Method;

/**
 * One step of a recurrence: {@code aten::lstm_cell(input, hx, w_ih, w_hh, b_ih, b_hh)}, or the cell of a GRU or plain
 * RNN with the same arguments.
 */
public final class CellKind implements LayerKind {
    private static final int WEIGHTS = 2;
    private static final int BIASES = 4;

    private final String type;
    private final List<String> operators;
    private final int results;

    private CellKind(String type, int results, String... operators) {
        this.type = type;
        this.operators = List.of(operators);
        this.results = results;
    }

    static CellKind lstm() {
        return new CellKind("LSTMCell", 2, "lstm_cell");
    }

    static CellKind gru() {
        return new CellKind("GRUCell", 1, "gru_cell");
    }

    static CellKind rnn() {
        return new CellKind("RNNCell", 1, "rnn_tanh_cell", "rnn_relu_cell");
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public List<Method> methods() {
        return List.of(Method.DYNAMIC, Method.FLOAT16);
    }

    @Override
    public boolean matches(String operator) {
        return operators.stream().anyMatch(o -> operator.equals("aten::" + o));
    }

    @Override
    public Optional<String> obstacle(JitNode node) {
        for (int i = WEIGHTS; i < Ir.inputCount(node); i++) {
            Optional<IValue> known = Ir.constant(node.input(i));
            if (known.isEmpty()) {
                return Optional.of("its weights are computed when it runs");
            }
            if (known.get().isNone()) {
                return Optional.of("it has no bias, which the quantized form needs");
            }
        }
        return Ir.inputCount(node) == BIASES + 2
                ? Optional.empty()
                : Optional.of("it has no bias, which the quantized form needs");
    }

    @Override
    public List<Packed> pack(JitNode node, Method method, QuantScheme scheme) {
        return List.of(matrix(node, 0, method, scheme), matrix(node, 1, method, scheme));
    }

    private static Packed matrix(JitNode node, int which, Method method, QuantScheme scheme) {
        return LinearKind.pack(
                Ir.constant(node.input(WEIGHTS + which)).orElseThrow().toTensor(),
                Ir.constant(node.input(BIASES + which)).orElseThrow(),
                method,
                scheme);
    }

    @Override
    public JitNode insertFloat(JitNode node, List<Value> packed, Method method, QuantScheme scheme) {
        String name = Ir.kind(node).substring("aten::".length());
        ValueVector inputs = new ValueVector(
                node.input(0), node.input(1), packed.get(0), packed.get(1), node.input(BIASES), node.input(BIASES + 1));
        return Ir.insertBefore(node, "quantized::quantized_" + name + "_dynamic", inputs, results);
    }
}
