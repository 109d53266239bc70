package org.quantvoice.torch.script;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.quantvoice.quant.QuantReport.Method;

/**
 * {@code torch.nn.EmbeddingBag}: {@code aten::embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode, sparse,
 * per_sample_weights, include_last_offset, padding_idx)}, of whose four results the module uses the first.
 */
public final class EmbeddingBagKind extends EmbeddingKind {
    private static final int MODE = 4;
    private static final int PADDING = 8;
    private static final int MAX = 2;

    @Override
    public String type() {
        return "EmbeddingBag";
    }

    @Override
    public boolean matches(String operator) {
        return operator.equals("aten::embedding_bag");
    }

    @Override
    public Optional<String> obstacle(JitNode node) {
        Optional<String> known = super.obstacle(node);
        if (known.isPresent()) {
            return known;
        }
        long mode = Ir.constant(node.input(MODE)).map(IValue::toInt).orElse((long) MAX);
        if (mode == MAX) {
            return Optional.of("it takes the maximum of a bag, which has no int8 form");
        }
        boolean padded = Ir.inputCount(node) > PADDING
                && !Ir.constant(node.input(PADDING)).map(IValue::isNone).orElse(false);
        if (padded) {
            return Optional.of("it leaves out an index (padding_idx), which has no int8 form");
        }
        for (int result = 1; result < node.outputs().size(); result++) {
            if (node.output(result).hasUses()) {
                return Optional.of("its offsets are used outside of it");
            }
        }
        return Optional.empty();
    }

    @Override
    public JitNode insertFloat(JitNode node, List<Value> packed, Method method, QuantScheme scheme) {
        return Ir.insertBefore(
                node,
                "quantized::embedding_bag_byte",
                packed.get(0),
                node.input(1),
                node.input(2),
                node.input(3),
                node.input(MODE),
                Ir.constant(node, new IValue(false)),
                node.input(6),
                Ir.constant(node, new IValue()),
                node.input(7));
    }
}
