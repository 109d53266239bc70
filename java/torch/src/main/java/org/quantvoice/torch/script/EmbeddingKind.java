package org.quantvoice.torch.script;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Value;
import org.quantvoice.quant.QuantReport.Method;

/**
 * {@code torch.nn.Embedding}: {@code aten::embedding(weight, indices, ...)}. Its rows are uint8 with a range each, and are
 * widened as they are looked up; static and dynamic are the same thing.
 */
public class EmbeddingKind implements LayerKind {
    @Override
    public String type() {
        return "Embedding";
    }

    @Override
    public final List<Method> methods() {
        return List.of(Method.STATIC, Method.DYNAMIC);
    }

    @Override
    public boolean matches(String operator) {
        return operator.equals("aten::embedding");
    }

    @Override
    public Optional<String> obstacle(JitNode node) {
        return Ir.constant(node.input(0)).isPresent()
                ? Optional.empty()
                : Optional.of("its weights are computed when it runs");
    }

    @Override
    public final boolean weightsOnly() {
        return true;
    }

    @Override
    public final List<Packed> pack(JitNode node, Method method, QuantScheme scheme) {
        Tensor weight = Ir.constant(node.input(0)).orElseThrow().toTensor();
        return List.of(
                Packed.by("quantized::embedding_bag_prepack", new IValue(Operators.quantizeRows(weight.detach()))));
    }

    @Override
    public JitNode insertFloat(JitNode node, List<Value> packed, Method method, QuantScheme scheme) {
        Value pruned = Ir.constant(node, new IValue(false));
        return Ir.insertBefore(node, "quantized::embedding_byte", packed.get(0), node.input(1), pruned);
    }
}
