package org.quantvoice.torch;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Value;

/**
 * {@code torch.nn.Conv1d}: {@code aten::conv1d(input, weight, bias, stride, padding, dilation, groups)}, or in traced models
 * {@code aten::_convolution} with the same first six arguments, {@code transposed}, {@code output_padding} and {@code groups}.
 */
final class Conv1dKind implements LayerKind {
    private static final String PREPACK = "quantized::conv1d_prepack";
    private static final String TRACED = "aten::_convolution";
    private static final int TRANSPOSED = 6;
    private static final int TRACED_GROUPS = 8;

    @Override
    public String type() {
        return "Conv1d";
    }

    @Override
    public List<String> methods() {
        return List.of("static");
    }

    @Override
    public boolean matches(String operator) {
        return operator.equals("aten::conv1d") || operator.equals(TRACED);
    }

    @Override
    public Optional<String> obstacle(JitNode node) {
        if (Ir.constant(node.input(1)).isEmpty() || Ir.constant(node.input(2)).isEmpty()) {
            return Optional.of("its weights are computed when it runs");
        }
        for (int argument = 3; argument < 6; argument++) {
            if (Ir.constantInts(node.input(argument)).isEmpty()) {
                return Optional.of(
                        "its stride, padding or dilation is not a fixed number (padding='same' has no int8 form)");
            }
        }
        boolean transposed = Ir.kind(node).equals(TRACED)
                && !Ir.constant(node.input(TRANSPOSED)).map(v -> !v.toBool()).orElse(false);
        return transposed ? Optional.of("it is a transposed convolution") : Optional.empty();
    }

    @Override
    public int channelAxis() {
        return 1;
    }

    @Override
    public Optional<Packed> pack(JitNode node, boolean perChannel) {
        Tensor weight = Ir.constant(node.input(1)).orElseThrow().toTensor();
        int groups = Ir.kind(node).equals(TRACED) ? TRACED_GROUPS : TRANSPOSED;
        IValue packed = Operators.call(
                PREPACK,
                new IValue(Operators.quantizeWeight(weight, perChannel)),
                Ir.constant(node.input(2)).orElseThrow(),
                ints(node, 3),
                ints(node, 4),
                ints(node, 5),
                Ir.constant(node.input(groups)).orElseThrow());
        return Optional.of(new Packed(packed, Operators.returnType(PREPACK)));
    }

    private static IValue ints(JitNode node, int argument) {
        return Operators.intList(Ir.constantInts(node.input(argument)).orElseThrow());
    }

    @Override
    public JitNode insertStatic(JitNode node, Value input, Optional<Value> packed, QuantParams output) {
        return Ir.insertBefore(
                node,
                "quantized::conv1d",
                input,
                packed.orElseThrow(),
                Ir.constant(node, new IValue(output.scale())),
                Ir.constant(node, new IValue((long) output.zeroPoint())));
    }
}
