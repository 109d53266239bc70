package org.quantvoice.torch.script;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Value;
import org.quantvoice.engine.Backend;
import org.quantvoice.quant.QuantReport.Method;

/**
 * {@code torch.nn.Conv1d}, {@code Conv2d}, {@code Conv3d}: {@code aten::conv1d(input, weight, bias, stride, padding, dilation,
 * groups)}, or in traced models {@code aten::_convolution} with the same first six arguments, {@code transposed}, {@code
 * output_padding} and {@code groups}.
 */
public final class ConvolutionKind implements LayerKind {
    private static final String TRACED = "aten::_convolution";
    private static final int TRANSPOSED = 6;
    private static final int TRACED_GROUPS = 8;

    private final int axes;
    private final String name;

    /** @param axes that the window moves along, 1 to 3 */
    ConvolutionKind(int axes) {
        this.axes = axes;
        this.name = "onv" + axes + "d";
    }

    @Override
    public String type() {
        return "C" + name;
    }

    @Override
    public List<Method> methods() {
        return List.of(Method.STATIC);
    }

    @Override
    public boolean matches(String operator) {
        return operator.equals("aten::c" + name) || operator.equals(TRACED);
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
    public Optional<String> lack(Backend backend, Method method) {
        return axes == 3 && backend == Backend.QNNPACK
                ? Optional.of("QNNPACK cannot save a Conv3d; the other backends can")
                : Optional.empty();
    }

    @Override
    public int channelAxis() {
        return 1;
    }

    @Override
    public List<Packed> pack(JitNode node, Method method, QuantScheme scheme) {
        Tensor weight = Ir.constant(node.input(1)).orElseThrow().toTensor();
        int groups = Ir.kind(node).equals(TRACED) ? TRACED_GROUPS : TRANSPOSED;
        return List.of(Packed.by(
                "quantized::c" + name + "_prepack",
                new IValue(Operators.quantizeWeight(weight, scheme.perChannel())),
                Ir.constant(node.input(2)).orElseThrow(),
                ints(node, 3),
                ints(node, 4),
                ints(node, 5),
                Ir.constant(node.input(groups)).orElseThrow()));
    }

    private static IValue ints(JitNode node, int argument) {
        return Operators.intList(Ir.constantInts(node.input(argument)).orElseThrow());
    }

    @Override
    public boolean takesRelu() {
        return true;
    }

    @Override
    public JitNode insertStatic(JitNode node, Value input, List<Value> packed, QuantParams output, boolean relu) {
        return Ir.insertBefore(
                node,
                "quantized::c" + name + (relu ? "_relu" : ""),
                input,
                packed.get(0),
                Ir.constant(node, new IValue(output.scale())),
                Ir.constant(node, new IValue((long) output.zeroPoint())));
    }
}
