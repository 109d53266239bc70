package org.quantvoice.torch;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Value;

/** {@code torch.nn.Linear}: {@code aten::linear(input, weight, bias)}. */
final class LinearKind implements LayerKind {
    private static final String PREPACK = "quantized::linear_prepack";

    @Override
    public String type() {
        return "Linear";
    }

    @Override
    public List<String> methods() {
        return List.of("dynamic", "static");
    }

    @Override
    public boolean matches(String operator) {
        return operator.equals("aten::linear");
    }

    @Override
    public Optional<String> obstacle(JitNode node) {
        boolean fixed = Ir.constant(node.input(1)).isPresent()
                && Ir.constant(node.input(2)).isPresent();
        return fixed ? Optional.empty() : Optional.of("its weights are computed when it runs");
    }

    @Override
    public int channelAxis() {
        return -1;
    }

    @Override
    public Optional<Packed> pack(JitNode node, boolean perChannel) {
        Tensor weight = Ir.constant(node.input(1)).orElseThrow().toTensor();
        IValue bias = Ir.constant(node.input(2)).orElseThrow();
        IValue packed = Operators.call(PREPACK, new IValue(Operators.quantizeWeight(weight, perChannel)), bias);
        return Optional.of(new Packed(packed, Operators.returnType(PREPACK)));
    }

    @Override
    public JitNode insertStatic(JitNode node, Value input, Optional<Value> packed, QuantParams output) {
        return Ir.insertBefore(
                node,
                "quantized::linear",
                input,
                packed.orElseThrow(),
                Ir.constant(node, new IValue(output.scale())),
                Ir.constant(node, new IValue((long) output.zeroPoint())));
    }

    @Override
    public JitNode insertDynamic(JitNode node, Value packed, boolean reduceRange) {
        return Ir.insertBefore(
                node, "quantized::linear_dynamic", node.input(0), packed, Ir.constant(node, new IValue(reduceRange)));
    }
}
