package org.quantvoice.torch.operators;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ComplexTensor;
import org.quantvoice.torch.values.LargestElements;
import org.quantvoice.torch.values.Refusal;
import org.quantvoice.torch.values.TensorRef;
import org.quantvoice.torch.values.UniformValues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that all operator calls of one import share: the graph that is built, its constants, and what is known of
 * its values.
 */
public final class ImportContext {

    private static final Logger LOG = LoggerFactory.getLogger(ImportContext.class);

    private final GraphBuilder builder;
    private final ModelConstants constants;
    private final LargestElements largest;
    private final UniformValues uniforms;
    private final TorchFolding folding = new TorchFolding();
    private boolean warned;

    /** @param builder the graph that the import fills; {@code constants} adds to the same one */
    public ImportContext(GraphBuilder builder, ModelConstants constants) {
        this.builder = builder;
        this.constants = constants;
        this.largest = new LargestElements(builder);
        this.uniforms = new UniformValues(builder);
    }

    /** Returns the builder of the graph. */
    public GraphBuilder builder() {
        return builder;
    }

    ModelConstants constants() {
        return constants;
    }

    UniformValues uniforms() {
        return uniforms;
    }

    /** Returns the largest elements of integer tensors, where they are known from sizes. */
    public LargestElements largest() {
        return largest;
    }

    TorchFolding folding() {
        return folding;
    }

    /** Warns once that the model was exported in training mode but runs as in evaluation mode. */
    void warnOfTraining(String path) {
        if (!warned) {
            warned = true;
            LOG.warn(
                    "the model was exported in training mode (dropout or batch statistics in {}); it runs as in evaluation:"
                            + " export it after model.eval()",
                    path.isEmpty() ? "the top module" : path);
        }
    }

    /**
     * Returns the value of a tensor in the graph.
     *
     * @param role what the tensor is to the module at {@code path}, should it become a constant
     */
    public Value value(TensorRef tensor, String path, String role) {
        Object content = tensor.content();
        if (content instanceof Tensor fixed) {
            return constants.value(fixed, path, role);
        }
        if (content instanceof Dim size) {
            Attributes fill = Attributes.of("shape", List.<Dim>of(), "value", size, "type", DType.INT.toString());
            return builder.add(Op.FILL, path, fill);
        }
        if (content instanceof ComplexTensor) {
            throw Refusal.operator("a tensor", path, "of complex numbers, where the graph needs real ones");
        }
        return (Value) content;
    }
}
