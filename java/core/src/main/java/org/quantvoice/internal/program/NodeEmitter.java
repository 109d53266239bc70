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
        switch (node.op().kind()) {
            case PRODUCT -> product(node);
            case NORM -> norms.emit(node, elementwise);
            case UNARY -> unary(node);
            case ARITHMETIC, COMPARISON, LOGIC -> elementwise.binary(node);
            case REDUCTION -> reduction(node);
            case LAYOUT -> layout(node);
            case CHOICE -> choice(node);
            case RECURRENT -> recurrent.emit(node);
            case FRONT_END -> requireFed(node);
        }
    }

    /** Requires that only the front end uses the samples: the program's input are features already. */
    private void requireFed(Node node) {
        if (FrontEndOperator.find(emission.graph).filter(n -> n == node).isEmpty()) {
            throw Emission.unsupported(node, "samples that other operators use as well");
        }
    }

    private void product(Node node) {
        switch (node.op()) {
            case LINEAR -> linear(node);
            case CONV1D -> convolutions.conv1d(node);
            case CONV2D -> convolutions.conv2d(node);
            default -> attentionOrMatmul(node);
        }
    }

    private void unary(Node node) {
        switch (node.op()) {
            case ROUND -> composed.round(node);
            case ELU -> composed.elu(node);
            default -> elementwise.unary(node);
        }
    }

    private void reduction(Node node) {
        switch (node.op()) {
            case SOFTMAX, LOG_SOFTMAX -> norms.softmax(node);
            case CUMSUM -> composed.cumulative(node);
            default -> shapes.reduce(node);
        }
    }

    private void layout(Node node) {
        switch (node.op()) {
            case GLU -> elementwise.glu(node);
            case TRIANGLE -> composed.triangle(node);
            default -> shapes.emit(node);
        }
    }

    private void choice(Node node) {
        switch (node.op()) {
            case CAST -> cast(node);
            case WHERE -> elementwise.where(node);
            case MASKED_FILL -> elementwise.maskedFill(node);
            default -> throw Emission.unsupported(node, "these inputs");
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

    private void matmul(Node node) {
        Strided a = emission.tensor(node.input(0));
        Strided b = emission.tensor(node.input(1));
        Optional<Strided> inside = TensorProducts.takesPlace(a, b) ? shapes.insideOfPadding(node) : Optional.empty();
        if (inside.isPresent()) {
            tensors.matmul(node, a, b, inside.get());
        }
        emission.set(node.output(), inside.orElseGet(() -> tensors.matmul(node, a, b)));
    }

    private void attentionOrMatmul(Node node) {
        Optional<AttentionMatch> match = emission.fusion.attention(node);
        if (match.isPresent() && (node.op() == Op.MATMUL || attention.takes(match.get()))) {
            attention.attention(node, match.get());
            return;
        }
        attention.requireNotLocal(node);
        if (node.op() == Op.ATTENTION) {
            spelled.emit(node);
        } else {
            matmul(node);
        }
    }
}
