package org.quantvoice.torch.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueVector;
import org.quantvoice.quant.QuantReport.Method;

/**
 * {@code torch.nn.LSTM} and {@code torch.nn.GRU} over padded batches: {@code aten::lstm(input, hx, params, has_biases, layers,
 * dropout, train, bidirectional, batch_first)}; the matrices of each layer and direction are packed in one object.
 */
public final class RecurrentKind implements LayerKind {
    private static final int PARAMS = 2;
    private static final int BIASES = 3;
    /** The number of matrices and biases of one layer and direction. */
    private static final int EACH = 4;

    private static final long QINT8 = 12;
    private static final long HALF = 5;

    private final boolean lstm;

    RecurrentKind(boolean lstm) {
        this.lstm = lstm;
    }

    @Override
    public String type() {
        return lstm ? "LSTM" : "GRU";
    }

    @Override
    public List<Method> methods() {
        return List.of(Method.DYNAMIC, Method.FLOAT16);
    }

    @Override
    public boolean matches(String operator) {
        return operator.equals(lstm ? "aten::lstm" : "aten::gru");
    }

    @Override
    public Optional<String> obstacle(JitNode node) {
        Optional<List<Tensor>> params = Ir.constantTensors(node.input(PARAMS));
        if (params.isEmpty()) {
            return Optional.of("its weights are computed when it runs, or its input is a packed sequence");
        }
        if (!Ir.constant(node.input(BIASES)).map(IValue::toBool).orElse(false)) {
            return Optional.of("it has no bias, which the quantized form needs");
        }
        long cells = Ir.constant(node.input(4)).map(IValue::toInt).orElse(0L)
                * (Ir.constant(node.input(7)).map(IValue::toBool).orElse(false) ? 2 : 1);
        return params.get().size() == cells * EACH
                ? Optional.empty()
                : Optional.of("it projects its state (proj_size), which has no quantized form");
    }

    @Override
    public List<Packed> pack(JitNode node, Method method, QuantScheme scheme) {
        List<Tensor> params = Ir.constantTensors(node.input(PARAMS)).orElseThrow();
        List<Packed> cells = new ArrayList<>();
        for (int i = 0; i < params.size(); i += EACH) {
            IValue inputBias = new IValue(params.get(i + 2));
            IValue stateBias = new IValue(params.get(i + 3));
            IValue input =
                    LinearKind.pack(params.get(i), inputBias, method, scheme).value();
            IValue state = LinearKind.pack(params.get(i + 1), stateBias, method, scheme)
                    .value();
            cells.add(
                    method == Method.FLOAT16
                            ? Packed.by("quantized::make_quantized_cell_params_fp16", input, state)
                            : Packed.by(
                                    "quantized::make_quantized_cell_params_dynamic",
                                    input,
                                    state,
                                    inputBias,
                                    stateBias,
                                    new IValue(scheme.reduceDynamic())));
        }
        return cells;
    }

    @Override
    public JitNode insertFloat(JitNode node, List<Value> packed, Method method, QuantScheme scheme) {
        Type.TypePtr cell = packed.get(0).type();
        JitNode list = node.owningGraph().createList(cell, new ValueVector(packed.toArray(Value[]::new)));
        list.insertBefore(node);
        ValueVector inputs = new ValueVector();
        for (int i = 0; i < Ir.inputCount(node); i++) {
            inputs.push_back(i == PARAMS ? list.output() : node.input(i));
        }
        if (lstm) {
            inputs.push_back(Ir.constant(node, new IValue(method == Method.FLOAT16 ? HALF : QINT8)));
            inputs.push_back(Ir.constant(node, new IValue(true)));
        }
        return Ir.insertBefore(node, lstm ? "aten::quantized_lstm" : "aten::quantized_gru", inputs, lstm ? 3 : 2);
    }
}
