package org.quantvoice.torch.script;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.quantvoice.quant.QuantReport.Method;

/**
 * {@code torch.nn.LayerNorm}: {@code aten::layer_norm(input, normalized_shape, weight, bias, eps, cudnn_enable)}. A
 * layer norm alone gains nothing by int8; inside a static module it runs on int8 so that its neighbours need no
 * conversion.
 */
public final class LayerNormKind implements LayerKind {
    @Override
    public String type() {
        return "LayerNorm";
    }

    @Override
    public List<Method> methods() {
        return List.of();
    }

    @Override
    public boolean matches(String operator) {
        return operator.equals("aten::layer_norm");
    }

    @Override
    public Optional<String> obstacle(JitNode node) {
        return Optional.empty();
    }

    @Override
    public List<Packed> pack(JitNode node, Method method, QuantScheme scheme) {
        return List.of();
    }

    @Override
    public JitNode insertStatic(JitNode node, Value input, List<Value> packed, QuantParams output, boolean relu) {
        return Ir.insertBefore(
                node,
                "quantized::layer_norm",
                input,
                node.input(1),
                node.input(2),
                node.input(3),
                node.input(4),
                Ir.constant(node, new IValue(output.scale())),
                Ir.constant(node, new IValue((long) output.zeroPoint())));
    }
}
