package org.quantvoice.plan;

import org.quantvoice.graph.Node;

/** Writes the steps of each node, by its operator. */
final class NodeEmitter {
    private final Emission emission;
    private final ProductEmitter products;
    private final NormEmitter norms;
    private final ElementwiseEmitter elementwise;
    private final ShapeEmitter shapes;
    private final AttentionEmitter attention;
    private final RecurrentEmitter recurrent;

    NodeEmitter(Emission emission) {
        this.emission = emission;
        this.products = new ProductEmitter(emission);
        this.norms = new NormEmitter(emission);
        this.elementwise = new ElementwiseEmitter(emission);
        this.shapes = new ShapeEmitter(emission);
        this.attention = new AttentionEmitter(emission, elementwise);
        this.recurrent = new RecurrentEmitter(emission, products);
    }

    void emitAll() {
        emission.graph.nodes().forEach(this::emit);
    }

    /** Writes the steps of a node, unless other steps do its work. */
    void emit(Node node) {
        if (emission.fusion.isIdentity(node)) {
            emission.set(node.output(), emission.tensor(node.input(0)));
        } else if (!emission.fusion.isSkipped(node)) {
            emitSteps(node);
        }
    }

    private void emitSteps(Node node) {
        switch (node.op()) {
            case LINEAR -> products.linear(node);
            case CONV1D -> products.conv1d(node);
            case CONV2D -> products.conv2d(node);
            case MATMUL, ATTENTION -> product(node);
            case LAYER_NORM -> norms.layerNorm(node);
            case GROUP_NORM -> norms.groupNorm(node, elementwise);
            case BATCH_NORM -> norms.batchNorm(node, elementwise);
            case SOFTMAX -> norms.softmax(node, false);
            case LOG_SOFTMAX -> norms.softmax(node, true);
            case MASKED_FILL -> elementwise.maskedFill(node);
            case WHERE -> elementwise.where(node);
            case GLU -> elementwise.glu(node);
            case CAST -> elementwise.cast(node);
            case LSTM, GRU -> recurrent.emit(node);
            default -> emitShape(node);
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
            case SUM -> shapes.reduce(node, 0, 0);
            case MEAN -> shapes.reduce(node, 1, 0);
            case VAR -> shapes.reduce(node, 2, node.attributes().number("correction"));
            case REDUCE_MAX -> shapes.reduce(node, 3, 0);
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

    private void product(Node node) {
        emission.fusion
                .attention(node)
                .ifPresentOrElse(match -> attention.attention(node, match), () -> attention.matmul(node));
    }
}
