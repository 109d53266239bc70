package org.quantvoice.torch.script;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Value;
import org.quantvoice.quant.QuantReport.Method;

/** {@code torch.nn.Linear}: {@code aten::linear(input, weight, bias)}. */
public final class LinearKind implements LayerKind {
    @Override
    public String type() {
        return "Linear";
    }

    @Override
    public List<Method> methods() {
        return List.of(Method.STATIC, Method.DYNAMIC, Method.FLOAT16);
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
    public List<Packed> pack(JitNode node, Method method, QuantScheme scheme) {
        Tensor weight = Ir.constant(node.input(1)).orElseThrow().toTensor();
        return List.of(pack(weight, Ir.constant(node.input(2)).orElseThrow(), method, scheme));
    }

    /** Packs a matrix {@code [out, in]} and its bias in the backend's own layout. */
    static Packed pack(Tensor weight, IValue bias, Method method, QuantScheme scheme) {
        return method == Method.FLOAT16
                ? Packed.by("quantized::linear_prepack_fp16", new IValue(weight.detach()), bias)
                : Packed.by(
                        "quantized::linear_prepack",
                        new IValue(Operators.quantizeWeight(weight, scheme.perChannel())),
                        bias);
    }

    @Override
    public boolean takesRelu() {
        return true;
    }

    @Override
    public JitNode insertStatic(JitNode node, Value input, List<Value> packed, QuantParams output, boolean relu) {
        return Ir.insertBefore(
                node,
                relu ? "quantized::linear_relu" : "quantized::linear",
                input,
                packed.get(0),
                Ir.constant(node, new IValue(output.scale())),
                Ir.constant(node, new IValue((long) output.zeroPoint())));
    }

    @Override
    public JitNode insertFloat(JitNode node, List<Value> packed, Method method, QuantScheme scheme) {
        if (method == Method.FLOAT16) {
            return Ir.insertBefore(node, "quantized::linear_dynamic_fp16", node.input(0), packed.get(0));
        }
        Value reduce = Ir.constant(node, new IValue(scheme.reduceDynamic()));
        return Ir.insertBefore(node, "quantized::linear_dynamic", node.input(0), packed.get(0), reduce);
    }
}
