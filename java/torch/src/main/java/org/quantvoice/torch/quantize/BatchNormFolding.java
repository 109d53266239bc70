package org.quantvoice.torch.quantize;

import java.util.Optional;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Value;
import org.quantvoice.torch.script.ConvolutionKind;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.Ir;

/**
 * Multiplies batch norms with stored statistics into the static convolutions before them, as PyTorch's {@code fuse_modules}
 * does: {@code norm(W x + b) = (f W) x + (f (b - mean) + beta)} with {@code f = gamma / sqrt(variance + eps)}. Convolutions
 * that stay float keep their norms, and with them the last bits of their results.
 */
public final class BatchNormFolding {
    private static final String NORM = "aten::batch_norm";
    /** Positions of the arguments of {@code aten::batch_norm}. */
    private static final int GAMMA = 1;

    private static final int BETA = 2;
    private static final int MEAN = 3;
    private static final int VARIANCE = 4;
    private static final int TRAINING = 5;
    private static final int EPSILON = 7;

    private final FrozenScript script;
    private final Selection selection;

    BatchNormFolding(FrozenScript script, Selection selection) {
        this.script = script;
        this.selection = selection;
    }

    /** Folds the norms in the graphs of all methods. */
    void fold() {
        for (String method : script.methods()) {
            Graph graph = script.graph(method);
            for (Site site : Site.of(graph, script, selection)) {
                boolean convolution = site.kind() instanceof ConvolutionKind
                        && site.isCalibrated()
                        && site.kind().obstacle(site.node()).isEmpty();
                if (convolution) {
                    Ir.onlyUser(site.node().output())
                            .filter(this::isFoldable)
                            .ifPresent(norm -> fold(site.node(), norm));
                }
            }
            graph.lint();
        }
    }

    private boolean isFoldable(JitNode norm) {
        if (!Ir.kind(norm).equals(NORM) || selection.island(script.owner(norm)).isEmpty()) {
            return false;
        }
        for (int i = GAMMA; i < Ir.inputCount(norm); i++) {
            if (Ir.constant(norm.input(i)).isEmpty()) {
                return false;
            }
        }
        return !Ir.constant(norm.input(TRAINING)).orElseThrow().toBool()
                && tensor(norm, MEAN).isPresent()
                && tensor(norm, VARIANCE).isPresent();
    }

    private static Optional<Tensor> tensor(JitNode node, int input) {
        return Ir.constant(node.input(input)).filter(IValue::isTensor).map(IValue::toTensor);
    }

    private static void fold(JitNode layer, JitNode norm) {
        Tensor mean = tensor(norm, MEAN).orElseThrow();
        Scalar epsilon =
                new Scalar(Ir.constant(norm.input(EPSILON)).orElseThrow().toDouble());
        Tensor factor = tensor(norm, VARIANCE).orElseThrow().add(epsilon).rsqrt();
        factor = tensor(norm, GAMMA).map(factor::mul).orElse(factor);
        Tensor weight = tensor(layer, 1).orElseThrow();
        Tensor bias =
                tensor(layer, 2).map(b -> b.sub(mean)).orElseGet(mean::neg).mul(factor);
        Tensor shifted = tensor(norm, BETA).map(bias::add).orElse(bias);
        long[] shape = new long[(int) weight.dim()];
        java.util.Arrays.fill(shape, 1);
        shape[0] = -1;
        Value newWeight =
                Ir.constant(layer, new IValue(weight.mul(factor.reshape(shape)).detach()));
        layer.replaceInput(1, newWeight);
        layer.replaceInput(2, Ir.constant(layer, new IValue(shifted.detach())));
        norm.output().replaceAllUsesWith(layer.output());
        norm.destroy();
    }
}
