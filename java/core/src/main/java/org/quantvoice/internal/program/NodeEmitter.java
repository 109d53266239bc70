package org.quantvoice.internal.program;

import java.util.Optional;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/** Writes the steps of each node, by its operator. */
public final class NodeEmitter {
    private final Emission emission;
    private final ProductEmitter products;
    private final ConvolutionEmitter convolutions;
    private final NormEmitter norms;
    private final ElementwiseEmitter elementwise;
    private final ShapeEmitter shapes;
    private final AttentionEmitter attention;
    private final RecurrentEmitter recurrent;
    private final TensorProducts tensors;
    private final SpelledAttention spelled;
    private final ComposedFunctions composed;

    NodeEmitter(Emission emission) {
        this.emission = emission;
        this.products = new ProductEmitter(emission);
        this.norms = new NormEmitter(emission);
        this.elementwise = new ElementwiseEmitter(emission);
        this.convolutions = new ConvolutionEmitter(emission, products, elementwise);
        this.shapes = new ShapeEmitter(emission);
        this.attention = new AttentionEmitter(emission, elementwise);
        this.recurrent = new RecurrentEmitter(emission, products);
        this.tensors = new TensorProducts(emission);
        this.spelled = new SpelledAttention(emission, tensors, elementwise, norms);
        this.composed = new ComposedFunctions(emission, elementwise, tensors);
    }

    void emitAll() {
        emission.graph.nodes().forEach(this::emit);
    }

    /** Writes the steps of a node, unless other steps do its work. */
    void emit(Node node) {
        if (emission.fusion.isIdentity(node)) {
            emission.set(node.output(), emission.tensor(node.input(0)));
        } else if (!emission.fusion.isSkipped(node)) {
            emission.known(node).ifPresentOrElse(known -> emission.set(node.output(), known), () -> emitSteps(node));
        }
    }

    private void emitSteps(Node node) {
        switch (node.op()) {
            case LINEAR -> linear(node);
            case CONV1D -> convolutions.conv1d(node);
            case CONV2D -> convolutions.conv2d(node);
            case MATMUL, ATTENTION -> product(node);
            case LAYER_NORM -> norms.layerNorm(node, elementwise);
            case GROUP_NORM -> norms.groupNorm(node, elementwise);
            case BATCH_NORM -> norms.batchNorm(node, elementwise);
            case SOFTMAX -> norms.softmax(node, false);
            case LOG_SOFTMAX -> norms.softmax(node, true);
            case MASKED_FILL -> elementwise.maskedFill(node);
            case WHERE -> elementwise.where(node);
            case GLU -> elementwise.glu(node);
            case CAST -> cast(node);
            case LSTM, GRU -> recurrent.emit(node);
            case FRONT_END -> requireFed(node);
            default -> emitShape(node);
        }
    }

    /** The features are the program's input already. */
    private void requireFed(Node node) {
        if (FrontEndOperator.find(emission.graph).filter(n -> n == node).isEmpty()) {
            throw Emission.unsupported(node, "samples that other operators use as well");
        }
    }

    private void emitShape(Node node) {
        switch (node.op()) {
            case TRANSPOSE -> shapes.transpose(node);
            case RESHAPE -> shapes.reshape(node);
            case SLICE -> shapes.slice(node);
            case EXPAND -> shapes.expand(node);
            case CONCAT -> shapes.concat(node);
            case PAD -> shapes.pad(node);
            case ARANGE -> shapes.arange(node);
            case FILL -> shapes.fill(node);
            case EMBEDDING -> shapes.embedding(node);
            case INDEX_SELECT -> shapes.indexSelect(node);
            case SUM -> shapes.reduce(node, StepOp.Reduce.SUM, 0);
            case MEAN -> shapes.reduce(node, StepOp.Reduce.MEAN, 0);
            case VAR ->
                shapes.reduce(node, StepOp.Reduce.VARIANCE, node.attributes().number("correction"));
            case REDUCE_MAX -> shapes.reduce(node, StepOp.Reduce.MAXIMUM, 0);
            case CUMSUM -> composed.cumulative(node);
            case TRIANGLE -> composed.triangle(node);
            case ROUND -> composed.round(node);
            case ELU -> composed.elu(node);
            default -> emitElementwise(node);
        }
    }

    private void emitElementwise(Node node) {
        if (node.op().isUnary()) {
            elementwise.unary(node);
        } else if (node.op().isBinary()) {
            elementwise.binary(node);
        } else {
            throw Emission.unsupported(node, "these inputs");
        }
    }

    private void linear(Node node) {
        if (emission.fusion.hasConstantWeights(node)) {
            products.linear(node);
            return;
        }
        Strided weight = emission.tensor(node.input(1)).transpose(1, 0);
        Strided result = tensors.matmul(node, emission.tensor(node.input(0)), weight);
        if (node.inputs().size() > 2) {
            result = elementwise.combine(node, StepOp.Binary.ADD, result, emission.tensor(node.input(2)), 1);
        }
        emission.set(node.output(), result);
    }

    private void cast(Node node) {
        boolean rounds = node.input(0).type() == DType.FLOAT && node.output().type() == DType.INT;
        if (rounds) {
            composed.truncate(node);
        } else {
            elementwise.cast(node);
        }
    }

    private void product(Node node) {
        Optional<AttentionMatch> match = emission.fusion.attention(node);
        if (match.isPresent() && (node.op() == Op.MATMUL || attention.takes(match.get()))) {
            attention.attention(node, match.get());
            return;
        }
        attention.requireNotLocal(node);
        if (node.op() == Op.ATTENTION) {
            spelled.emit(node);
        } else {
            Strided product = tensors.matmul(node, emission.tensor(node.input(0)), emission.tensor(node.input(1)));
            emission.set(node.output(), product);
        }
    }
}
